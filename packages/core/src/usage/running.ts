import type { TenantId } from "../kernel/index.ts";
import { type Day, type Month, monthOf, monthPeriod, type Period } from "../time/index.ts";
import { aggregate, type DailyValue } from "./aggregate.ts";
import type { Snapshot } from "./snapshot.ts";

/** A tenant's metric in a calendar month. */
export interface PeriodPlace {
  readonly tenantId: TenantId;
  readonly metricCode: string;
  readonly period: Month;
}

/** What it comes to so far. */
export interface RunningValue extends PeriodPlace {
  /** Aggregated as the metric says; decimal text. */
  readonly value: string;
  /** Days that have a snapshot. */
  readonly days: number;
  /** The last of them. */
  readonly lastDay: Day;
}

export const periodKey = (place: PeriodPlace): string => `${place.tenantId}|${place.metricCode}|${place.period}`;

export const placeOf = ({ tenantId, metricCode, usageDate }: Snapshot): PeriodPlace => ({
  tenantId,
  metricCode,
  period: monthOf(usageDate),
});

/** The months that some snapshots belong to, each once. */
export const placesOf = (snapshots: readonly Snapshot[]): PeriodPlace[] => [
  ...new Map(snapshots.map((row) => [periodKey(placeOf(row)), placeOf(row)])).values(),
];

/** A month up to a day: today, or the last day that has usage where that is later; all of it once it is over. */
export const soFar = (period: Month, lastDay: Day | undefined, today: Day): Period => {
  const { start, end } = monthPeriod(period);
  const reached = lastDay !== undefined && lastDay > today ? lastDay : today;
  return { start, end: reached < start ? start : reached < end ? reached : end };
};

/** What stood in a month beside the snapshots that are added or replaced now: one value, on the last of its days. */
export type Standing = DailyValue & { readonly days: number };

/** The months that snapshots belong to, with what each comes to once they are in. */
export const runningValues = (
  added: readonly Snapshot[],
  standing: ReadonlyMap<string, Standing>,
): ReadonlyMap<string, RunningValue> => {
  const values = new Map<string, RunningValue>();
  for (const [key, rows] of Map.groupBy(added, (row) => periodKey(placeOf(row)))) {
    const before = standing.get(key);
    const parts: readonly DailyValue[] = before ? [before, ...rows] : rows;
    const [first] = rows;
    if (!first) continue;
    values.set(key, {
      ...placeOf(first),
      value: aggregate(first.metricCode, parts),
      days: rows.length + (before?.days ?? 0),
      lastDay: parts.reduce((last, part) => (part.usageDate > last ? part.usageDate : last), first.usageDate),
    });
  }
  return values;
};
