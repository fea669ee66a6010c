import { and, asc, count, eq, gt, gte, inArray, lte, or, type SQL, sql } from "drizzle-orm";
import { type Aggregation, aggregationOf, METRICS } from "../catalog/index.ts";
import { invalid, type PageRequest, type TenantId } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { insertRows, readRows } from "../record/index.ts";
import { type Month, monthOfPeriod, type Period, tryDay } from "../time/index.ts";
import type { PeriodUsage, Snapshot } from "./snapshot.ts";
import type { QuotaEvent } from "./quota.ts";
import { usagePeriod, usageSnapshotDaily } from "./usage.sql.ts";

const table = usageSnapshotDaily;
const columns = {
  tenantId: table.tenantId,
  metricCode: table.metricCode,
  usageDate: table.usageDate,
  metricValue: table.metricValue,
};

interface Filter {
  readonly tenantIds?: readonly TenantId[] | undefined;
  /** All metrics where left out. */
  readonly metricCodes?: readonly string[] | undefined;
  /** What was current at that instant; what is current now where left out. */
  readonly asOf?: Date | undefined;
}

/** The newest version that was there at an instant: later corrections are not seen. */
const currentAt = (asOf: Date) =>
  and(
    lte(table.lastUpdatedAt, asOf),
    sql`not exists (select 1 from ${table} as later where later.tenant_id = ${table.tenantId} and later.metric_code = ${table.metricCode}
      and later.usage_date = ${table.usageDate} and later.version > ${table.version} and later.last_updated_at <= ${asOf.toISOString()}::timestamptz)`,
  );

const chosen = (from: typeof table | typeof usagePeriod, filter: Filter) => [
  filter.tenantIds === undefined ? undefined : inArray(from.tenantId, [...filter.tenantIds]),
  filter.metricCodes === undefined ? undefined : inArray(from.metricCode, [...filter.metricCodes]),
];

const where = (period: Period, filter: Filter) =>
  and(
    filter.asOf === undefined ? eq(table.isCurrent, true) : currentAt(filter.asOf),
    gte(table.usageDate, period.start),
    lte(table.usageDate, period.end),
    ...chosen(table, filter),
  );

/** The current snapshots of a period, by tenant, metric and day. */
export const readSnapshots = (tx: Tx, period: Period, filter: Filter = {}): Promise<Snapshot[]> =>
  readRows(
    tx,
    columns,
    tx
      .select(columns)
      .from(table)
      .where(where(period, filter))
      .orderBy(asc(table.tenantId), asc(table.metricCode), asc(table.usageDate)),
  );

/** A page of the current snapshots, in the order of tenant, metric, day. */
export const pageSnapshots = async (
  tx: Tx,
  period: Period,
  filter: Filter,
  request: PageRequest,
): Promise<Snapshot[]> => {
  const [tenantId, metricCode, date = ""] = request.after?.split("|") ?? [];
  const lastDay = tryDay(date);
  if (request.after !== undefined && !lastDay)
    throw invalid("page_token", "not a token of this list; leave it out for the first page");
  const after =
    tenantId === undefined || metricCode === undefined || lastDay === undefined
      ? undefined
      : or(
          gt(table.tenantId, tenantId as TenantId),
          and(eq(table.tenantId, tenantId as TenantId), gt(table.metricCode, metricCode)),
          and(eq(table.tenantId, tenantId as TenantId), eq(table.metricCode, metricCode), gt(table.usageDate, lastDay)),
        );
  return tx
    .select(columns)
    .from(table)
    .where(and(where(period, filter), after))
    .orderBy(asc(table.tenantId), asc(table.metricCode), asc(table.usageDate))
    .limit(request.size + 1);
};

/** The metric's own aggregation over days, as `aggregate` defines it; exact, since the database adds decimals. */
const AGGREGATED: Readonly<Record<Aggregation, SQL<string>>> = {
  sum: sql<string>`sum(${table.metricValue})::text`,
  peak: sql<string>`max(${table.metricValue})::text`,
  last: sql<string>`(array_agg(${table.metricValue} order by ${table.usageDate} desc))[1]::text`,
};

/** The aggregations that some metrics have: one that none of them has would be worked out for nothing. */
export const aggregationsFor = (metricCodes: Iterable<string>): Partial<Record<Aggregation, SQL<string>>> =>
  Object.fromEntries(
    [...new Set([...metricCodes].map(aggregationOf))].map((aggregation) => [aggregation, AGGREGATED[aggregation]]),
  );

/** Of a whole month it stands ready: what was used so far is kept up to date with every snapshot. */
const readMonthUsage = async (tx: Tx, month: Month, filter: Filter): Promise<PeriodUsage[]> => {
  const kept = usagePeriod;
  const { tenantId, metricCode, value, days } = kept;
  const columns = { tenantId, metricCode, value, days };
  const query = tx
    .select(columns)
    .from(kept)
    .where(and(eq(kept.period, month), gt(kept.days, 0), ...chosen(kept, filter)))
    .orderBy(asc(kept.tenantId), asc(kept.metricCode));
  return (await readRows(tx, columns, query)).map((row) => ({ ...row, value: toText(exact(row.value)) }));
};

/**
 * Usage of a period, one value per tenant and metric. The database aggregates: days times tenants times metrics never pass through
 * this process.
 */
export const readPeriodUsage = async (tx: Tx, period: Period, filter: Filter = {}): Promise<PeriodUsage[]> => {
  const month = monthOfPeriod(period);
  if (month !== undefined && filter.asOf === undefined) return readMonthUsage(tx, month, filter);
  const metricCodes = filter.metricCodes ?? METRICS.keys();
  const rows = await tx
    .select({ tenantId: table.tenantId, metricCode: table.metricCode, days: count(), ...aggregationsFor(metricCodes) })
    .from(table)
    .where(where(period, filter))
    .groupBy(table.tenantId, table.metricCode)
    .orderBy(asc(table.tenantId), asc(table.metricCode));
  return rows.map(({ tenantId, metricCode, days, ...values }) => ({
    tenantId,
    metricCode,
    value: toText(exact(values[aggregationOf(metricCode)] ?? "0")),
    days,
  }));
};

export interface NewSnapshot extends Snapshot {
  readonly version: number;
  readonly capValue: string | null;
  readonly utilization: string | null;
  readonly quotaEvent: QuotaEvent | null;
  readonly ingestId: string;
  readonly lastUpdatedAt: Date;
}

/** Current version and value of some (tenant, metric, day): a lookup for each, however large the table is. */
export const readCurrent = async (tx: Tx, snapshots: readonly Snapshot[]) => {
  if (snapshots.length === 0) return [];
  const keys = snapshots.map(({ tenantId, metricCode, usageDate }) => ({ tenantId, metricCode, usageDate }));
  const wanted = sql`json_to_recordset(${JSON.stringify(keys)}::json) as wanted("tenantId" text, "metricCode" text, "usageDate" date)`;
  return tx
    .select({ ...columns, version: table.version, id: table.id })
    .from(table)
    .innerJoin(
      wanted,
      sql`${table.tenantId} = wanted."tenantId" and ${table.metricCode} = wanted."metricCode" and ${table.usageDate} = wanted."usageDate"`,
    )
    .where(eq(table.isCurrent, true));
};

/** Adds versions; those they supersede stop being current and stay. */
export const insertSnapshots = async (
  tx: Tx,
  rows: readonly NewSnapshot[],
  superseded: readonly bigint[],
): Promise<void> => {
  if (superseded.length > 0)
    await tx
      .update(table)
      .set({ isCurrent: false })
      .where(
        sql`${table.id} in (select value::bigint from json_array_elements_text(${JSON.stringify(superseded.map(String))}::json))`,
      );
  await insertRows(
    tx,
    table,
    rows.map((row) => ({ ...row, isCurrent: true })),
  );
};
