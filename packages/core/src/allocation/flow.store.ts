import { asc, eq, sql } from "drizzle-orm";
import type { RunId } from "../kernel/index.ts";
import { exact, SCALE, scaled } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { allocationPool, factCostAllocated } from "./allocation.sql.ts";
import type { FlowIn, FlowOut } from "./flow.ts";

/** What a run's pools add up to, by service and route, and what its rows add up to, by route and bearer: each from its own table. */
export const readFlow = async (tx: Tx, runId: RunId): Promise<{ ins: FlowIn[]; outs: FlowOut[] }> => {
  const [pool, row] = [allocationPool, factCostAllocated];
  const pools = await tx
    .select({
      service: pool.service,
      reason: pool.reason,
      ruleId: pool.ruleId,
      ruleVersion: pool.ruleVersion,
      cost: sql<string>`sum(${pool.cost})::text`,
    })
    .from(pool)
    .where(eq(pool.runId, runId))
    .groupBy(pool.service, pool.reason, pool.ruleId, pool.ruleVersion)
    .orderBy(asc(pool.service), asc(pool.reason), asc(pool.ruleId));
  const rows = await tx
    .select({
      reason: row.reason,
      ruleId: row.ruleId,
      ruleVersion: row.ruleVersion,
      tenantId: row.tenantId,
      kind: row.kind,
      cost: sql<string>`sum(${row.cost})::text`,
    })
    .from(row)
    .where(eq(row.runId, runId))
    .groupBy(row.reason, row.ruleId, row.ruleVersion, row.tenantId, row.kind)
    .orderBy(asc(row.reason), asc(row.ruleId), asc(row.tenantId));
  const inUnits = <T extends { readonly cost: string }>(sums: readonly T[]) =>
    sums.map((sum) => ({ ...sum, cost: scaled(exact(sum.cost), SCALE) }));
  return { ins: inUnits(pools), outs: inUnits(rows) };
};
