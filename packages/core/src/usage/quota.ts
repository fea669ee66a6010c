import { compare, divide, type Exact, exact, isZero, toText } from "../money/index.ts";

/** Utilisation = value / cap, as decimal text; null without a cap or with a cap of 0. */
export const utilizationOf = (value: string, cap: string | undefined): string | null =>
  cap === undefined || isZero(exact(cap)) ? null : toText(divide(exact(value), exact(cap)));

const LEVELS: readonly (readonly [Exact, string])[] = [
  [exact("1"), "EVENT_QUOTA_100"],
  [exact("0.95"), "EVENT_QUOTA_95"],
  [exact("0.8"), "EVENT_QUOTA_80"],
];

/** The highest quota level that a utilisation has reached, or null below 0.80. */
export const quotaEventOf = (utilization: string | null): string | null =>
  utilization === null ? null : (LEVELS.find(([level]) => compare(exact(utilization), level) >= 0)?.[1] ?? null);
