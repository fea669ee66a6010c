import { and, asc, eq, getTableColumns, gt, ne, sql } from "drizzle-orm";
import type { RunId, TenantId } from "../kernel/index.ts";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { insertRows, keepQueries, queryIdOf, readRows } from "../record/index.ts";
import { monthOf, type Period } from "../time/index.ts";
import { costText } from "./allocate.ts";
import {
  allocationFinding,
  allocationInput,
  allocationPool,
  allocationRun,
  factCostAllocated,
  type RunDelivery,
} from "./allocation.sql.ts";
import { evidenceQuery, rowEvidence } from "./evidence.ts";
import type { AllocationKind, AllocationPlan, CostBasis } from "./plan.ts";

export type AllocationRunRow = typeof allocationRun.$inferSelect;
export type AllocatedCostRow = typeof factCostAllocated.$inferSelect;
export type AllocationPoolRow = typeof allocationPool.$inferSelect;
type StoredInput = Omit<typeof allocationInput.$inferInsert, "runId">;

/** Digests of what a run was made from. */
export interface RunOrigin {
  readonly deliveries: readonly RunDelivery[];
  readonly deliveryDigest: string;
  readonly rulesDigest: string;
  readonly usageDigest: string;
  readonly tenantsDigest: string;
  readonly inputDigest: string;
  /** The baseline run whose rules and keys a billed period keeps. */
  readonly restatesRunId: RunId | null;
}

export interface RunRecord {
  readonly runId: RunId;
  readonly plan: AllocationPlan;
  readonly origin: RunOrigin;
  readonly input: StoredInput;
  readonly now: Date;
}

const runRow = ({ runId, plan, origin, now }: RunRecord): typeof allocationRun.$inferInsert => ({
  runId,
  periodStart: plan.period.start,
  periodEnd: plan.period.end,
  basis: plan.basis,
  currency: plan.currency,
  ...origin,
  planDigest: plan.digest,
  totalCost: costText(plan.totals.total),
  directCost: costText(plan.totals.direct),
  allocatedCost: costText(plan.totals.allocated),
  overheadCost: costText(plan.totals.overhead),
  untaggedCost: costText(plan.totals.untagged),
  status: "recording",
  createdAt: now,
});

const queryOf = (plan: AllocationPlan, pool: AllocationPlan["pools"][number]): string =>
  evidenceQuery({ ...pool, period: monthOf(plan.period.start), basis: plan.basis, currency: plan.currency }).text;

const poolRows = ({ runId, plan }: RunRecord, queryIds: readonly string[]): (typeof allocationPool.$inferInsert)[] =>
  plan.pools.map(({ rule, ...pool }, index) => ({
    ...pool,
    queryId: queryIds[index],
    runId,
    ruleId: rule?.rule_id ?? null,
    ruleVersion: rule?.version ?? null,
    cost: costText(pool.cost),
  }));

/** What the rows of a pool have in common beside the pool itself: its key, whoever its rows are, and their evidence. */
const poolParts = ({ runId, plan, origin }: RunRecord, queryIds: readonly string[]) => {
  const keyed = new Map(plan.rows.map((row) => [row.poolNo, row]));
  return plan.pools.map(({ poolNo }, index) => {
    const { sourceLineIds, evidenceLinks } = rowEvidence({ runId, ...origin }, poolNo, queryIds[index] ?? null);
    const row = keyed.get(poolNo);
    return { p: poolNo, m: row?.keyMetric ?? null, t: row?.keyTotal ?? null, s: sourceLineIds, l: evidenceLinks };
  });
};

/**
 * Writes the shares of the pools, in their order. What a row has in common with its pool and its run crosses over once, is put together
 * once a pool, and cannot differ from them.
 */
const insertShares = async (tx: Tx, record: RunRecord, queryIds: readonly string[]): Promise<void> => {
  const { runId, plan, now } = record;
  const shares = plan.rows.map((row) => ({
    p: row.poolNo,
    k: row.kind,
    t: row.tenantId,
    c: costText(row.cost),
    v: row.keyValue,
  }));
  const { period, currency } = plan;
  await tx.execute(sql`
    with pool as materialized (
      select pool_no, reason, service, category, rule_id, rule_version, cost as pool_cost, part.m, part.t as key_total, part.s, part.l
      from allocation_pool
        join json_to_recordset(${JSON.stringify(poolParts(record, queryIds))}::json) as part(p int, m text, t numeric, s jsonb, l jsonb) on part.p = pool_no
      where run_id = ${runId}
    )
    insert into fact_cost_allocated (run_id, pool_no, kind, reason, tenant_id, period_start, period_end, service, category, rule_id, rule_version,
      currency, cost, pool_cost, key_metric, key_value, key_total, source_line_ids, evidence_links, created_at)
    select ${runId}, pool_no, share.k, reason, share.t, ${period.start}::date, ${period.end}::date, service, category, rule_id, rule_version,
      ${currency}, share.c, pool_cost, pool.m, share.v, key_total, pool.s, pool.l, ${now.toISOString()}::timestamptz
    from rows from (json_to_recordset(${JSON.stringify(shares)}::json) as (p int, k text, t text, c numeric, v numeric)) with ordinality
        as share(p, k, t, c, v, place)
      join pool on pool_no = share.p
    order by share.place`);
};

/** Makes a stored run the active one of its period, basis and currency; the one before is superseded. */
export const activateRun = async (
  tx: Tx,
  run: Pick<AllocationRunRow, "runId" | "periodStart" | "periodEnd" | "basis" | "currency">,
): Promise<void> => {
  await tx
    .update(allocationRun)
    .set({ status: "superseded" })
    .where(
      and(
        eq(allocationRun.periodStart, run.periodStart),
        eq(allocationRun.periodEnd, run.periodEnd),
        eq(allocationRun.basis, run.basis),
        eq(allocationRun.currency, run.currency),
        eq(allocationRun.status, "active"),
        ne(allocationRun.runId, run.runId),
      ),
    );
  await tx.update(allocationRun).set({ status: "active" }).where(eq(allocationRun.runId, run.runId));
};

/**
 * Stores a run with its pools, rows, findings and inputs. Its rules must be stored already, and it must be made active in the
 * same transaction: the database refuses a run that stays in recording.
 */
export const storeRun = async (tx: Tx, record: RunRecord): Promise<void> => {
  const { runId, plan } = record;
  await tx.insert(allocationRun).values(runRow(record));
  await tx.insert(allocationInput).values({ ...record.input, runId });
  const texts = plan.pools.map((pool) => queryOf(plan, pool));
  await keepQueries(tx, texts, record.now);
  const queryIds = texts.map(queryIdOf);
  await insertRows(tx, allocationPool, poolRows(record, queryIds));
  await insertShares(tx, record, queryIds);
  const findings = plan.findings.map((finding, index) => ({
    ...finding,
    runId,
    findingNo: index + 1,
    cost: costText(finding.cost),
  }));
  await insertRows(tx, allocationFinding, findings);
};

/** Makes other allocations of the same period, basis and currency wait until this transaction ends. */
export const lockAllocation = async (
  tx: Tx,
  of: { readonly period: Period; readonly basis: CostBasis; readonly currency: Currency },
): Promise<void> => {
  const name = `allocation/${of.period.start}/${of.period.end}/${of.basis}/${of.currency}`;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
};

export const runByInput = async (tx: Tx, inputDigest: string): Promise<AllocationRunRow | undefined> =>
  (await tx.select().from(allocationRun).where(eq(allocationRun.inputDigest, inputDigest)))[0];

export const readRun = async (tx: Tx, runId: RunId): Promise<AllocationRunRow | undefined> =>
  (await tx.select().from(allocationRun).where(eq(allocationRun.runId, runId)))[0];

/** The active runs of a period in a basis, one a currency. */
export const activeRuns = (
  tx: Tx,
  of: { readonly period: Period; readonly basis: CostBasis; readonly currency?: Currency | undefined },
): Promise<AllocationRunRow[]> =>
  tx
    .select()
    .from(allocationRun)
    .where(
      and(
        eq(allocationRun.periodStart, of.period.start),
        eq(allocationRun.periodEnd, of.period.end),
        eq(allocationRun.basis, of.basis),
        eq(allocationRun.status, "active"),
        of.currency === undefined ? undefined : eq(allocationRun.currency, of.currency),
      ),
    )
    .orderBy(asc(allocationRun.currency));

export const readRunInput = async (tx: Tx, runId: RunId) =>
  (await tx.select().from(allocationInput).where(eq(allocationInput.runId, runId)))[0];

export const readPools = (tx: Tx, runId: RunId): Promise<AllocationPoolRow[]> =>
  tx.select().from(allocationPool).where(eq(allocationPool.runId, runId)).orderBy(asc(allocationPool.poolNo));

export const readPool = async (tx: Tx, runId: RunId, poolNo: number): Promise<AllocationPoolRow | undefined> =>
  (
    await tx
      .select()
      .from(allocationPool)
      .where(and(eq(allocationPool.runId, runId), eq(allocationPool.poolNo, poolNo)))
  )[0];

export const readFindings = (tx: Tx, runId: RunId) =>
  tx
    .select()
    .from(allocationFinding)
    .where(eq(allocationFinding.runId, runId))
    .orderBy(asc(allocationFinding.findingNo));

export interface RowFilter {
  readonly tenantId?: TenantId | undefined;
  readonly service?: string | undefined;
  readonly category?: AllocatedCostRow["category"] | undefined;
  readonly kind?: AllocationKind | undefined;
  readonly reason?: AllocatedCostRow["reason"] | undefined;
  readonly ruleId?: string | undefined;
  /** The id of the last row of the page before. */
  readonly after?: bigint | undefined;
  readonly limit?: number | undefined;
}

/** Rows of a run, in the order of their pools. */
export const readAllocatedRows = (tx: Tx, runId: RunId, filter: RowFilter = {}): Promise<AllocatedCostRow[]> => {
  const row = factCostAllocated;
  const query = tx
    .select()
    .from(row)
    .where(
      and(
        eq(row.runId, runId),
        filter.tenantId === undefined ? undefined : eq(row.tenantId, filter.tenantId),
        filter.service === undefined ? undefined : eq(row.service, filter.service),
        filter.category === undefined ? undefined : eq(row.category, filter.category),
        filter.kind === undefined ? undefined : eq(row.kind, filter.kind),
        filter.reason === undefined ? undefined : eq(row.reason, filter.reason),
        filter.ruleId === undefined ? undefined : eq(row.ruleId, filter.ruleId),
        filter.after === undefined ? undefined : gt(row.id, filter.after),
      ),
    )
    .orderBy(asc(row.id))
    .$dynamic();
  return readRows(tx, getTableColumns(row), filter.limit === undefined ? query : query.limit(filter.limit));
};

export const readAllocatedRow = async (tx: Tx, id: bigint): Promise<AllocatedCostRow | undefined> =>
  (await tx.select().from(factCostAllocated).where(eq(factCostAllocated.id, id)))[0];

export interface KindTotal {
  readonly service: string;
  readonly kind: AllocationKind;
  readonly cost: string;
}

/** What each service's rows of a run add up to, by kind; decimal text. */
export const sumByServiceAndKind = (tx: Tx, runId: RunId): Promise<KindTotal[]> =>
  tx
    .select({
      service: factCostAllocated.service,
      kind: factCostAllocated.kind,
      cost: sql<string>`sum(${factCostAllocated.cost})::text`,
    })
    .from(factCostAllocated)
    .where(eq(factCostAllocated.runId, runId))
    .groupBy(factCostAllocated.service, factCostAllocated.kind)
    .orderBy(asc(factCostAllocated.service), asc(factCostAllocated.kind));

/** What each service's pools of a run add up to; decimal text. */
export const sumPoolsByService = (tx: Tx, runId: RunId): Promise<{ service: string; cost: string }[]> =>
  tx
    .select({ service: allocationPool.service, cost: sql<string>`sum(${allocationPool.cost})::text` })
    .from(allocationPool)
    .where(eq(allocationPool.runId, runId))
    .groupBy(allocationPool.service)
    .orderBy(asc(allocationPool.service));
