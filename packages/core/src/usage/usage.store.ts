import { and, asc, eq, gt, gte, inArray, lte, or, sql } from "drizzle-orm";
import { digestOf, type PageRequest, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { type Day, day, type Period } from "../time/index.ts";
import { aggregate } from "./aggregate.ts";
import { usageSnapshotDaily } from "./usage.sql.ts";

/** One tenant's value of one metric on one day: decimal text, unit and aggregation as the metric catalogue says. */
export interface Snapshot {
  readonly tenantId: TenantId;
  readonly metricCode: string;
  readonly usageDate: Day;
  readonly metricValue: string;
}

const table = usageSnapshotDaily;
const columns = {
  tenantId: table.tenantId,
  metricCode: table.metricCode,
  usageDate: table.usageDate,
  metricValue: table.metricValue,
};

interface Filter {
  readonly tenantIds?: readonly TenantId[] | undefined;
  readonly metricCode?: string | undefined;
}

const where = (period: Period, filter: Filter) =>
  and(
    eq(table.isCurrent, true),
    gte(table.usageDate, period.start),
    lte(table.usageDate, period.end),
    filter.tenantIds === undefined ? undefined : inArray(table.tenantId, [...filter.tenantIds]),
    filter.metricCode === undefined ? undefined : eq(table.metricCode, filter.metricCode),
  );

/** The current snapshots of a period, by tenant, metric and day. */
export const readSnapshots = (tx: Tx, period: Period, filter: Filter = {}): Promise<Snapshot[]> =>
  tx
    .select(columns)
    .from(table)
    .where(where(period, filter))
    .orderBy(asc(table.tenantId), asc(table.metricCode), asc(table.usageDate));

/** A page of the current snapshots, in the order of tenant, metric, day. */
export const pageSnapshots = async (
  tx: Tx,
  period: Period,
  filter: Filter,
  request: PageRequest,
): Promise<Snapshot[]> => {
  const [tenantId, metricCode, date] = request.after?.split("|") ?? [];
  const after =
    tenantId === undefined || metricCode === undefined || date === undefined
      ? undefined
      : or(
          gt(table.tenantId, tenantId as TenantId),
          and(eq(table.tenantId, tenantId as TenantId), gt(table.metricCode, metricCode)),
          and(
            eq(table.tenantId, tenantId as TenantId),
            eq(table.metricCode, metricCode),
            gt(table.usageDate, day(date)),
          ),
        );
  return tx
    .select(columns)
    .from(table)
    .where(and(where(period, filter), after))
    .orderBy(asc(table.tenantId), asc(table.metricCode), asc(table.usageDate))
    .limit(request.size + 1);
};

export const snapshotKey = (snapshot: Snapshot): string =>
  `${snapshot.tenantId}|${snapshot.metricCode}|${snapshot.usageDate}`;

/** A tenant's value of a metric over a period, with what it was made of. */
export interface PeriodUsage {
  readonly tenantId: TenantId;
  readonly metricCode: string;
  /** Aggregated by the metric's own rule; decimal text. */
  readonly value: string;
  readonly days: number;
}

/** Usage of a period, one value per tenant and metric. */
export const readPeriodUsage = async (tx: Tx, period: Period, filter: Filter = {}): Promise<PeriodUsage[]> =>
  aggregateSnapshots(await readSnapshots(tx, period, filter));

/** Aggregates snapshots that were read already. */
export const aggregateSnapshots = (snapshots: readonly Snapshot[]): PeriodUsage[] => {
  const groups = Map.groupBy(snapshots, (snapshot) => `${snapshot.tenantId}|${snapshot.metricCode}`);
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    return first
      ? [
          {
            tenantId: first.tenantId,
            metricCode: first.metricCode,
            value: aggregate(first.metricCode, rows),
            days: rows.length,
          },
        ]
      : [];
  });
};

/** What an allocation or a draft was made from: the digest of the snapshots themselves. */
export const usageDigest = (snapshots: readonly Snapshot[]): string =>
  digestOf(
    snapshots.map((snapshot) => [snapshot.tenantId, snapshot.metricCode, snapshot.usageDate, snapshot.metricValue]),
  );

export interface NewSnapshot extends Snapshot {
  readonly version: number;
  readonly capValue: string | null;
  readonly utilization: string | null;
  readonly quotaEvent: string | null;
  readonly ingestId: string;
  readonly lastUpdatedAt: Date;
}

/** Current version and value of some (tenant, metric, day). */
export const readCurrent = async (tx: Tx, snapshots: readonly Snapshot[]) => {
  if (snapshots.length === 0) return [];
  const keys = sql.join(
    snapshots.map((row) => sql`(${row.tenantId}, ${row.metricCode}, ${row.usageDate}::date)`),
    sql`, `,
  );
  return tx
    .select({ ...columns, version: table.version, id: table.id })
    .from(table)
    .where(
      and(eq(table.isCurrent, true), sql`(${table.tenantId}, ${table.metricCode}, ${table.usageDate}) in (${keys})`),
    );
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
      .where(inArray(table.id, [...superseded]));
  if (rows.length > 0) await tx.insert(table).values(rows.map((row) => ({ ...row, isCurrent: true })));
};
