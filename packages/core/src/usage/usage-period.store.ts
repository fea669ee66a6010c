import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { aggregationOf } from "../catalog/index.ts";
import type { TenantId } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { Database, Tx } from "../ports/index.ts";
import { insertRows } from "../record/index.ts";
import { type Day, type Month, monthPeriod } from "../time/index.ts";
import { periodKey, type PeriodPlace, type RunningValue, type Standing } from "./running.ts";
import { quotaEvent, usagePeriod, usageSnapshotDaily } from "./usage.sql.ts";
import { aggregationsFor } from "./usage.store.ts";

const wanted = (places: readonly PeriodPlace[]): SQL => {
  const rows = places.map(({ tenantId, metricCode, period }) => {
    const { start, end } = monthPeriod(period);
    return { t: tenantId, m: metricCode, p: period, s: start, e: end };
  });
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as wanted(t text, m text, p text, s date, e date)`;
};

/**
 * Makes other recordings of the same tenants, metrics and months wait until this transaction ends: each must see what the other added.
 * Always in one order, so that two never wait for each other.
 */
export const lockPeriods = async (tx: Tx, places: readonly PeriodPlace[], now: Date): Promise<void> => {
  await tx.execute(sql`
    insert into usage_period (tenant_id, metric_code, period, value, days, updated_at)
    select t, m, p, 0, 0, ${now.toISOString()}::timestamptz from ${wanted(places)} order by p, t, m on conflict do nothing`);
  await tx.execute(sql`
    select 1 from usage_period as held where (period, tenant_id, metric_code) in (select p, t, m from ${wanted(places)})
    order by period, tenant_id, metric_code for update of held`);
};

/** What the current snapshots of some months come to, without those that are being replaced. */
export const readStanding = async (
  database: Pick<Database, "rows">,
  tx: Tx,
  places: readonly PeriodPlace[],
  replaced: readonly bigint[],
): Promise<Map<string, Standing>> => {
  const { tenantId, metricCode, usageDate, id } = usageSnapshotDaily;
  const values = Object.entries(aggregationsFor(places.map((place) => place.metricCode))).map(
    ([name, value]) => sql`${value} as ${sql.identifier(name)}`,
  );
  const ids = sql`(select value::bigint from json_array_elements_text(${JSON.stringify(replaced.map(String))}::json))`;
  const rows = await database.rows<
    { t: TenantId; m: string; p: Month; last_day: Day; days: number } & Record<string, string>
  >(
    tx,
    sql`select t, m, p, max(${usageDate})::text as last_day, count(*)::int as days, ${sql.join(values, sql`, `)}
      from ${wanted(places)} join ${usageSnapshotDaily} on is_current and ${tenantId} = t and ${metricCode} = m and ${usageDate} between s and e
      where ${id} not in ${ids} group by t, m, p`,
  );
  return new Map(
    rows.map((row) => [
      periodKey({ tenantId: row.t, metricCode: row.m, period: row.p }),
      { usageDate: row.last_day, metricValue: row[aggregationOf(row.m)] ?? "0", days: row.days },
    ]),
  );
};

/** Writes what months come to now. */
export const savePeriods = async (tx: Tx, values: Iterable<RunningValue>, now: Date): Promise<void> => {
  const rows = [...values].map(({ tenantId, metricCode, period, value, days }) => ({
    t: tenantId,
    m: metricCode,
    p: period,
    v: value,
    d: days,
  }));
  await tx.execute(sql`
    update usage_period set value = v, days = d, updated_at = ${now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as changed(t text, m text, p text, v numeric, d int)
    where period = p and tenant_id = t and metric_code = m`);
};

type QuotaEventRow = typeof quotaEvent.$inferSelect;

/** Quota events of some tenants in some months, in the order in which they were raised. */
export const readQuotaEvents = (
  tx: Tx,
  of: { readonly tenantIds: readonly TenantId[]; readonly periods: readonly Month[] },
): Promise<QuotaEventRow[]> =>
  tx
    .select()
    .from(quotaEvent)
    .where(and(inArray(quotaEvent.tenantId, [...of.tenantIds]), inArray(quotaEvent.period, [...of.periods])))
    .orderBy(asc(quotaEvent.raisedAt), asc(quotaEvent.utilization));

export const insertQuotaEvents = (tx: Tx, rows: readonly QuotaEventRow[]): Promise<void> =>
  insertRows(tx, quotaEvent, rows);

/** What a tenant used in a month, by metric. */
export const readTenantPeriod = async (tx: Tx, tenantId: TenantId, period: Month) =>
  (
    await tx
      .select({ metricCode: usagePeriod.metricCode, value: usagePeriod.value, days: usagePeriod.days })
      .from(usagePeriod)
      .where(and(eq(usagePeriod.tenantId, tenantId), eq(usagePeriod.period, period)))
      .orderBy(asc(usagePeriod.metricCode))
  ).map((row) => ({ ...row, value: toText(exact(row.value)) }));
