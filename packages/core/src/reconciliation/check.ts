import type { Json, TenantId } from "../kernel/index.ts";
import {
  compare,
  divide,
  type Exact,
  exact,
  isNegative,
  isPositive,
  multiply,
  negate,
  toText,
} from "../money/index.ts";
import type { Verdict } from "../periods/index.ts";

export const CHECK_NAMES = [
  "conservation",
  "identity",
  "bill",
  "tagging",
  "invoice",
  "margin",
  "restatement",
  "usage",
  "payment",
  "timing",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export const EXCEPTION_CATEGORIES = ["Tagging", "Allocation", "Invoice", "Payment", "Timing", "FX"] as const;
export type ExceptionCategory = (typeof EXCEPTION_CATEGORIES)[number];

/** Something that somebody has to look at. The key is the same whenever the same thing is found in the same period. */
export interface Finding {
  readonly key: string;
  readonly category: ExceptionCategory;
  readonly tenantId: TenantId | null;
  readonly description: string;
  /** Percent, decimal text; null where there is nothing to divide by. */
  readonly variancePct: string | null;
  readonly evidence: Json;
}

/** One comparison: what was compared, how far apart it is, and what that means. Amounts in US dollars, decimal text. */
export interface Check {
  readonly check: CheckName;
  readonly verdict: Verdict;
  readonly message: string;
  readonly difference: string | null;
  readonly variancePct: string | null;
  readonly thresholdPct: string | null;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly findings: readonly Finding[];
}

export interface Limit {
  readonly percent: string;
  /** In US dollars: counts where there is nothing to take percents of. */
  readonly absolute: string;
}

export interface Deviation {
  readonly difference: string;
  readonly variancePct: string | null;
  readonly isWithin: boolean;
}

const magnitude = (value: Exact): Exact => (isNegative(value) ? negate(value) : value);
const PERCENT = exact("100");

/** Percents of a base, 12 decimals; null where the base is 0 or negative. */
export const percentOf = (part: Exact, base: Exact): Exact | null =>
  isPositive(base) ? multiply(divide(part, base), PERCENT) : null;

/** How far a difference is from nothing: in percent of the base, absolutely where the base is 0 or negative. */
export const deviation = (difference: Exact, base: Exact, limit: Limit): Deviation => {
  const percent = percentOf(difference, base);
  const [size, allowed] = percent === null ? [difference, limit.absolute] : [percent, limit.percent];
  return {
    difference: toText(difference),
    variancePct: percent === null ? null : toText(percent),
    isWithin: compare(magnitude(size), exact(allowed)) <= 0,
  };
};

/** A check that cannot be made, and why. */
export const notApplicable = (check: CheckName, message: string): Check => ({
  check,
  verdict: "not_applicable",
  message,
  difference: null,
  variancePct: null,
  thresholdPct: null,
  figures: {},
  findings: [],
});

/** The worst of the verdicts; what could not be checked does not count. */
export const statusOf = (checks: readonly Pick<Check, "verdict">[]): "ok" | "warning" | "failed" => {
  const has = (verdict: Verdict): boolean => checks.some((check) => check.verdict === verdict);
  return has("failed") ? "failed" : has("warning") ? "warning" : "ok";
};
