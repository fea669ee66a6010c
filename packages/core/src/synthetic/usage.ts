import { type Day, eachDay, type Month, monthPeriod } from "../time/index.ts";
import { randomFrom } from "./random.ts";
import type { SyntheticTenant } from "./resources.ts";

export interface SyntheticSnapshot {
  readonly tenant_id: string;
  readonly metric_code: string;
  /** Decimal text. */
  readonly metric_value: string;
  readonly usage_date: Day;
}

/** Metrics that a synthetic tenant reports, with the range of a day for a tenant of size 1, in thousandths. */
const DRIVERS: readonly (readonly [string, number, number])[] = [
  ["data_ingestion_gb", 900, 4_500],
  ["storage_gb_peak", 40_000, 52_000],
  ["egress_gb", 300, 2_800],
  ["runner_hours", 1_500, 7_000],
  ["nat_gb_processed", 400, 3_000],
  ["privatelink_gb_processed", 100, 1_200],
  ["endpoint_hours", 24_000, 24_000],
];
const USERS_PER_SIZE = 4;

/** Daily usage of a month for every tenant and metric; the same seed gives the same values. */
export const generateUsage = (recipe: {
  readonly seed: number;
  readonly month: Month;
  readonly tenants: readonly SyntheticTenant[];
}): SyntheticSnapshot[] => {
  const random = randomFrom(recipe.seed);
  const days = eachDay(monthPeriod(recipe.month));
  return recipe.tenants.flatMap((tenant) =>
    days.flatMap((day) => {
      const snapshot = (metric: string, thousandths: number): SyntheticSnapshot => ({
        tenant_id: tenant.tenantId,
        metric_code: metric,
        metric_value: `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, "0")}`,
        usage_date: day,
      });
      const users = tenant.size * USERS_PER_SIZE - random.below(tenant.size + 1);
      return [
        ...DRIVERS.map(([metric, low, high]) => snapshot(metric, random.between(low, high) * tenant.size)),
        snapshot("active_users", users * 1000),
      ];
    }),
  );
};
