import { z } from "zod";
import { isMetric, METRICS } from "../catalog/index.ts";
import { dayInput, missing, Problem, quantityInput, tenantIdInput } from "../kernel/index.ts";
import { compare, exact } from "../money/index.ts";
import { action } from "../record/index.ts";
import { listTenantStates } from "../tenants/index.ts";
import { changesOf, saveChanges } from "./changes.store.ts";
import { placesOf } from "./running.ts";
import { type Snapshot, snapshotKey } from "./snapshot.ts";
import { lockPeriods } from "./usage-period.store.ts";

const snapshotInput = z.object({
  tenant_id: tenantIdInput,
  metric_code: z
    .string()
    .refine(isMetric, { message: `not a metric of the catalogue (${[...METRICS.keys()].join(", ")})` }),
  metric_value: quantityInput,
  usage_date: dayInput,
});

const MAX_BATCH = 100_000;

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
 * Records usage snapshots, all or none. The same value again changes nothing; another value is a new version that supersedes. What each
 * month comes to is compared with the cap, and each quota that it reaches is an event, once. Unknown tenants and metrics are refused with
 * their place.
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
    const known = new Set((await door.load(listTenantStates)).map((tenant) => tenant.tenantId));
    const stranger = rows.find((row) => !known.has(row.tenantId));
    if (stranger !== undefined) throw missing("tenant", stranger.tenantId);
    const ingestId = `ING-${door.clock.id()}`;
    return door.save(
      { objectType: "usage_ingest", objectId: ingestId, metadata: { rows: rows.length } },
      async (tx) => {
        await lockPeriods(tx, placesOf(rows), door.now);
        const changes = await changesOf(tx, rows);
        if (changes.changed.length > 0) await saveChanges(door, tx, changes, { ingestId, now: door.now });
        const updated = changes.replaced.length;
        return {
          status: "accepted",
          ingest_id: ingestId,
          rows: rows.length,
          created: changes.changed.length - updated,
          updated,
        };
      },
    );
  },
);
