import { z } from "zod";
import { aggregationOf, readPlanVersions, unitOf } from "../catalog/index.ts";
import { monthInput, tenantIdInput } from "../kernel/index.ts";
import { assertOwnTenant, view } from "../record/index.ts";
import { readBindings, readTenant } from "../tenants/index.ts";
import { dayOf, monthOf } from "../time/index.ts";
import { effectiveCaps } from "./caps.ts";
import { quotaEventOf, utilizationOf } from "./quota.ts";
import { soFar } from "./running.ts";
import { readQuotaEvents, readTenantPeriod } from "./usage-period.store.ts";

/**
 * What a tenant used in a month, by metric: the value so far by the metric's own aggregation, the effective cap, how much of it is used, and
 * the quota events that were raised. Metrics that are capped and not used stand there with 0. The present month where none is named.
 */
export const tenantUsage = view(
  "usage.of-tenant",
  { needs: "usage:read", input: z.object({ tenant_id: tenantIdInput, period: monthInput.optional() }) },
  async (door, input) => {
    assertOwnTenant(door, input.tenant_id);
    const { tenant_id: tenantId } = input;
    const period = input.period ?? monthOf(dayOf(door.now));
    return door.load(async (tx) => {
      await readTenant(tx, tenantId);
      const bindings = await readBindings(tx, [tenantId]);
      const plans = await readPlanVersions(tx, [...new Set(bindings.map((binding) => binding.planCode))]);
      const days = soFar(period, undefined, dayOf(door.now));
      const caps = effectiveCaps(bindings, plans, days);
      const used = new Map((await readTenantPeriod(tx, tenantId, period)).map((row) => [row.metricCode, row]));
      const events = await readQuotaEvents(tx, { tenantIds: [tenantId], periods: [period] });
      const metrics = [...new Set([...used.keys(), ...caps.keys()])].toSorted();
      return {
        tenant_id: tenantId,
        period,
        period_start: days.start,
        through: days.end,
        metrics: metrics.map((metric) => {
          const { value, days: covered } = used.get(metric) ?? { value: "0", days: 0 };
          const cap = caps.get(metric);
          const utilization = utilizationOf(value, cap);
          return {
            metric_code: metric,
            unit: unitOf(metric),
            aggregation: aggregationOf(metric),
            value: Number(value),
            value_exact: value,
            days: covered,
            cap_value: cap === undefined ? null : Number(cap),
            cap_value_exact: cap ?? null,
            utilization: utilization === null ? null : Number(utilization),
            threshold: quotaEventOf(utilization),
            quota_events: events
              .filter((row) => row.metricCode === metric)
              .map((row) => ({ event: row.event, raised_at: row.raisedAt.toISOString() })),
          };
        }),
      };
    });
  },
);
