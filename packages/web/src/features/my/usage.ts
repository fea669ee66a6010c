import { compare, exact, type Exact, larger, sumExact, toText, ZERO } from "@commops/core/money";
import type { Answer } from "../../api.ts";

type Snapshot = Answer<"GET /usage/snapshots">["items"][number];

export interface MetricUsage {
  readonly metric: string;
  readonly days: readonly { readonly day: string; readonly value: string }[];
  readonly sum: string;
  readonly highest: string;
}

/** Snapshots by metric, in the order of their days. */
export const usageByMetric = (items: readonly Snapshot[]): readonly MetricUsage[] =>
  [...Map.groupBy(items, (item) => String(item.metric_code))]
    .map(([metric, rows]): MetricUsage => {
      const values: readonly Exact[] = rows.map((row) => exact(row.metric_value_exact));
      return {
        metric,
        days: rows
          .map((row) => ({ day: String(row.usage_date), value: row.metric_value_exact }))
          .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
        sum: toText(sumExact(values)),
        highest: toText(values.reduce(larger, ZERO)),
      };
    })
    .filter((usage) => compare(exact(usage.sum), ZERO) > 0)
    .toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
