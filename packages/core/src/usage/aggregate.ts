import { type Aggregation, aggregationOf } from "../catalog/index.ts";
import { add, type Exact, exact, larger, toText } from "../money/index.ts";
import type { Day } from "../time/index.ts";

export interface DailyValue {
  readonly usageDate: Day;
  /** Decimal text. */
  readonly metricValue: string;
}

const combine: Record<Aggregation, (sofar: Exact, next: Exact) => Exact> = {
  sum: add,
  peak: larger,
  last: (_sofar, next) => next,
};

/** One value for a period from its days, by the metric's own aggregation: sum, peak or last. No days give 0. */
export const aggregate = (metricCode: string, days: readonly DailyValue[]): string => {
  const ordered = days.toSorted((a, b) => (a.usageDate < b.usageDate ? -1 : 1));
  const [first, ...rest] = ordered.map((day) => exact(day.metricValue));
  if (!first) return "0";
  return toText(rest.reduce(combine[aggregationOf(metricCode)], first));
};
