import { readPlanVersions } from "../catalog/index.ts";
import { compare, exact } from "../money/index.ts";
import type { Database, Tx } from "../ports/index.ts";
import { readBindings } from "../tenants/index.ts";
import { type Day, dayOf } from "../time/index.ts";
import { effectiveCaps } from "./caps.ts";
import { type Quota, quotaOf } from "./quota.ts";
import { periodKey, placeOf, placesOf, type RunningValue, runningValues, soFar } from "./running.ts";
import { type Snapshot, snapshotKey } from "./snapshot.ts";
import { insertQuotaEvents, readQuotaEvents, readStanding, savePeriods } from "./usage-period.store.ts";
import { insertSnapshots, readCurrent } from "./usage.store.ts";

const CHUNK = 1000;

/** What a recording changes. */
export interface Changes {
  /** Snapshots that are new, or say something else than the current one. */
  readonly changed: readonly (Snapshot & { readonly version: number })[];
  readonly replaced: readonly bigint[];
}

/** Compares snapshots with the current ones: the same value again is no change. */
export const changesOf = async (tx: Tx, rows: readonly Snapshot[]): Promise<Changes> => {
  const changed: (Snapshot & { readonly version: number })[] = [];
  const replaced: bigint[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    const current = new Map((await readCurrent(tx, chunk)).map((row) => [snapshotKey(row), row]));
    for (const row of chunk) {
      const before = current.get(snapshotKey(row));
      if (before && compare(exact(before.metricValue), exact(row.metricValue)) === 0) continue;
      changed.push({ ...row, version: (before?.version ?? 0) + 1 });
      if (before) replaced.push(before.id);
    }
  }
  return { changed, replaced };
};

const readQuotas = async (
  tx: Tx,
  values: ReadonlyMap<string, RunningValue>,
  today: Day,
): Promise<Map<string, Quota>> => {
  const places = [...values.values()];
  const tenantIds = [...new Set(places.map((place) => place.tenantId))];
  const periods = [...new Set(places.map((place) => place.period))];
  const bindings = Map.groupBy(await readBindings(tx, tenantIds), (binding) => binding.tenantId);
  const codes = [...bindings.values()].flatMap((own) => own.map((binding) => binding.planCode));
  const plans = await readPlanVersions(tx, [...new Set(codes)]);
  const raised = Map.groupBy(await readQuotaEvents(tx, { tenantIds, periods }), periodKey);
  const caps = new Map<string, ReadonlyMap<string, string>>();
  return new Map(
    [...values].map(([key, value]) => {
      const days = soFar(value.period, value.lastDay, today);
      const cycle = `${value.tenantId}|${days.start}|${days.end}`;
      const own = caps.get(cycle) ?? effectiveCaps(bindings.get(value.tenantId) ?? [], plans, days);
      caps.set(cycle, own);
      return [
        key,
        quotaOf(
          value.value,
          own.get(value.metricCode),
          (raised.get(key) ?? []).map((row) => row.event),
        ),
      ];
    }),
  );
};

/** Writes what changed, what each month comes to with it, and the quotas that are reached by it. */
export const saveChanges = async (
  database: Pick<Database, "rows">,
  tx: Tx,
  { changed, replaced }: Changes,
  { ingestId, now }: { readonly ingestId: string; readonly now: Date },
): Promise<void> => {
  const values = runningValues(changed, await readStanding(database, tx, placesOf(changed), replaced));
  const quotas = await readQuotas(tx, values, dayOf(now));
  const lastOf = new Map(
    changed.toSorted((a, b) => (a.usageDate < b.usageDate ? -1 : 1)).map((row) => [periodKey(placeOf(row)), row]),
  );
  await insertSnapshots(
    tx,
    changed.map((row) => {
      const key = periodKey(placeOf(row));
      const quota = quotas.get(key);
      return {
        ...row,
        capValue: quota?.cap ?? null,
        utilization: quota?.utilization ?? null,
        quotaEvent: lastOf.get(key) === row ? (quota?.raise ?? null) : null,
        ingestId,
        lastUpdatedAt: now,
      };
    }),
    replaced,
  );
  await savePeriods(tx, values.values(), now);
  await insertQuotaEvents(
    tx,
    [...values].flatMap(([key, { tenantId, metricCode, period, value }]) => {
      const { cap, utilization, raise } = quotas.get(key) ?? {};
      if (
        raise === undefined ||
        raise === null ||
        cap === undefined ||
        utilization === undefined ||
        utilization === null
      )
        return [];
      return [
        { tenantId, metricCode, period, event: raise, value, capValue: cap, utilization, ingestId, raisedAt: now },
      ];
    }),
  );
};
