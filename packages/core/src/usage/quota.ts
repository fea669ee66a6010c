import { compare, divide, type Exact, exact, isZero, toText } from "../money/index.ts";

/** Utilisation = value / cap, as decimal text; null without a cap or with a cap of 0. */
export const utilizationOf = (value: string, cap: string | undefined): string | null =>
  cap === undefined || isZero(exact(cap)) ? null : toText(divide(exact(value), exact(cap)));

export const QUOTA_EVENTS = ["EVENT_QUOTA_80", "EVENT_QUOTA_95", "EVENT_QUOTA_100"] as const;
export type QuotaEvent = (typeof QUOTA_EVENTS)[number];

const LEVELS: readonly (readonly [Exact, QuotaEvent])[] = [
  [exact("1"), "EVENT_QUOTA_100"],
  [exact("0.95"), "EVENT_QUOTA_95"],
  [exact("0.8"), "EVENT_QUOTA_80"],
];

/** The highest quota level that a utilisation has reached, or null below 0.80. */
export const quotaEventOf = (utilization: string | null): QuotaEvent | null =>
  utilization === null ? null : (LEVELS.find(([level]) => compare(exact(utilization), level) >= 0)?.[1] ?? null);

/** The highest level reached, unless it or a higher one was raised in the period already. */
const newQuotaEvent = (utilization: string | null, raised: readonly QuotaEvent[]): QuotaEvent | null => {
  const reached = quotaEventOf(utilization);
  if (reached === null) return null;
  const isRaised = raised.some((event) => QUOTA_EVENTS.indexOf(event) >= QUOTA_EVENTS.indexOf(reached));
  return isRaised ? null : reached;
};

/** Where a value stands against its cap. */
export interface Quota {
  readonly cap: string | undefined;
  readonly utilization: string | null;
  /** The event that is reached by it for the first time in the period. */
  readonly raise: QuotaEvent | null;
}

/** Compares what a period comes to so far with the effective cap. `raised` are the events of the period that were raised before. */
export const quotaOf = (value: string, cap: string | undefined, raised: readonly QuotaEvent[]): Quota => {
  const utilization = utilizationOf(value, cap);
  return { cap, utilization, raise: newQuotaEvent(utilization, raised) };
};
