import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { RunId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { factCostAllocated } from "./allocation.sql.ts";

const row = factCostAllocated;

/** What a run says each tenant and the operator (tenantId null) bear, by service and category; decimal text with 12 decimals. */
export const costShares = (tx: Tx, runId: RunId) =>
  tx
    .select({
      tenantId: row.tenantId,
      service: row.service,
      category: row.category,
      cost: sql<string>`sum(${row.cost})::text`,
    })
    .from(row)
    .where(eq(row.runId, runId))
    .groupBy(row.tenantId, row.service, row.category)
    .orderBy(asc(row.tenantId), asc(row.service), asc(row.category));
export type CostShare = Awaited<ReturnType<typeof costShares>>[number];

/** Tenants' rows by their ids, of whatever run: how an invoice names the cost it carries. */
export const sharesById = (tx: Tx, ids: readonly bigint[]) =>
  tx
    .select({
      id: row.id,
      tenantId: sql<NonNullable<CostShare["tenantId"]>>`${row.tenantId}`,
      service: row.service,
      category: row.category,
      cost: row.cost,
    })
    .from(row)
    .where(
      and(
        // One parameter, however many ids there are.
        sql`${row.id} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids.map(String))}::jsonb))`,
        isNotNull(row.tenantId),
      ),
    );
