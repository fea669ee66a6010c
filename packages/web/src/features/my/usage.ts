import { exact, larger, toText, ZERO } from "@commops/core/money";
import type { Answer } from "../../api.ts";

type Snapshot = Answer<"GET /usage/snapshots">["items"][number];

export interface MetricDays {
  readonly days: readonly { readonly day: string; readonly value: string }[];
  readonly highest: string;
}

/** Snapshots by metric, in the order of their days. */
export const daysByMetric = (items: readonly Snapshot[]): ReadonlyMap<string, MetricDays> =>
  new Map(
    [...Map.groupBy(items, (item) => String(item.metric_code))].map(([metric, rows]) => [
      metric,
      {
        days: rows
          .map((row) => ({ day: String(row.usage_date), value: row.metric_value_exact }))
          .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
        highest: toText(rows.map((row) => exact(row.metric_value_exact)).reduce(larger, ZERO)),
      },
    ]),
  );
