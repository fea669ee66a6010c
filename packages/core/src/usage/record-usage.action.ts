import { z } from "zod";
import { isMetric, METRICS, readPlan } from "../catalog/index.ts";
import { dayInput, missing, Problem, quantityInput, tenantIdInput, type TenantId } from "../kernel/index.ts";
import { compare, exact } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { action } from "../record/index.ts";
import { listTenants, readBindings, segmentsIn } from "../tenants/index.ts";
import { dayOf } from "../time/index.ts";
import { quotaEventOf, utilizationOf } from "./quota.ts";
import { type Snapshot, snapshotKey } from "./snapshot.ts";
import { insertSnapshots, readCurrent } from "./usage.store.ts";

const snapshotInput = z.object({
  tenant_id: tenantIdInput,
  metric_code: z
    .string()
    .refine(isMetric, { message: `not a metric of the catalogue (${[...METRICS.keys()].join(", ")})` }),
  metric_value: quantityInput,
  usage_date: dayInput,
});

const MAX_BATCH = 100_000;
const CHUNK = 1000;

/** Caps in force for a tenant today, by metric; the plan's own until top-ups raise them. */
const capsOf = async (
  tx: Tx,
  tenantIds: readonly TenantId[],
  now: Date,
): Promise<Map<string, Record<string, string>>> => {
  const today = dayOf(now);
  const segments = segmentsIn(await readBindings(tx, tenantIds), { start: today, end: today });
  const bindings = await readBindings(tx, tenantIds);
  const plans = new Map<string, Record<string, string>>();
  for (const code of new Set(segments.map((segment) => segment.planCode)))
    plans.set(code, (await readPlan(tx, code))?.plan.entitlements.metrics_caps ?? {});
  return new Map(
    segments.flatMap((segment) => {
      const owner = bindings.find((binding) => binding.bindingId === segment.bindingId);
      return owner ? [[owner.tenantId, plans.get(segment.planCode) ?? {}] as const] : [];
    }),
  );
};

/** One (tenant, metric, day) may stand only once in a request, or with one value. */
const withoutRepeats = (rows: readonly Snapshot[]): Snapshot[] => {
  const seen = new Map<string, Snapshot>();
  rows.forEach((row, index) => {
    const before = seen.get(snapshotKey(row));
    if (before && compare(exact(before.metricValue), exact(row.metricValue)) !== 0)
      throw new Problem(
        "invalid",
        "INVALID_ARGUMENT",
        `snapshots.${index}: ${row.tenantId} ${row.metricCode} ${row.usageDate} stands twice with different values`,
        {
          details: [{ field: `snapshots.${index}`, reason: "stands twice with different values" }],
        },
      );
    seen.set(snapshotKey(row), row);
  });
  return [...seen.values()];
};

/**
 * Records usage snapshots, all or none. The same value again changes nothing; another value is a new version that supersedes.
 * Unknown tenants and metrics are refused with their place.
 */
export const recordUsage = action(
  "usage.record",
  { needs: "usage:write", input: z.object({ snapshots: z.array(snapshotInput).min(1).max(MAX_BATCH) }) },
  async (door, input) => {
    const rows = withoutRepeats(
      input.snapshots.map((row) => ({
        tenantId: row.tenant_id,
        metricCode: row.metric_code,
        usageDate: row.usage_date,
        metricValue: row.metric_value,
      })),
    );
    const tenantIds = [...new Set(rows.map((row) => row.tenantId))];
    const { caps, known } = await door.load(async (tx) => ({
      known: new Set((await listTenants(tx)).map((tenant) => tenant.tenantId)),
      caps: await capsOf(tx, tenantIds, door.now),
    }));
    const stranger = tenantIds.find((tenantId) => !known.has(tenantId));
    if (stranger !== undefined) throw missing("tenant", stranger);
    const ingestId = `ING-${door.clock.id()}`;
    return door.save(
      { objectType: "usage_ingest", objectId: ingestId, metadata: { rows: rows.length } },
      async (tx) => {
        let [created, updated] = [0, 0];
        for (let start = 0; start < rows.length; start += CHUNK) {
          const chunk = rows.slice(start, start + CHUNK);
          const current = new Map((await readCurrent(tx, chunk)).map((row) => [snapshotKey(row), row]));
          const changed = chunk.filter((row) => {
            const before = current.get(snapshotKey(row));
            return !before || compare(exact(before.metricValue), exact(row.metricValue)) !== 0;
          });
          const replaced = changed.flatMap((row) => current.get(snapshotKey(row)) ?? []);
          updated += replaced.length;
          created += changed.length - replaced.length;
          const fresh = changed.map((row) => {
            const cap = caps.get(row.tenantId)?.[row.metricCode];
            const utilization = utilizationOf(row.metricValue, cap);
            return {
              ...row,
              version: (current.get(snapshotKey(row))?.version ?? 0) + 1,
              capValue: cap ?? null,
              utilization,
              quotaEvent: quotaEventOf(utilization),
              ingestId,
              lastUpdatedAt: door.now,
            };
          });
          await insertSnapshots(
            tx,
            fresh,
            replaced.map((row) => row.id),
          );
        }
        return { status: "accepted", ingest_id: ingestId, rows: rows.length, created, updated };
      },
    );
  },
);
