import { z } from "zod";
import { missing, numberAfter, pageInput, pageOf, pageRequest, tenantIdInput, usdNumber } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import { view } from "../record/index.ts";
import { type AllocatedCostRow, readAllocatedRow, readAllocatedRows, readPool, readRun } from "./allocation.store.ts";
import { chosenRun, runChoice } from "./allocation-summary.action.ts";
import { evidenceQuery } from "./evidence.ts";
import { ROUTE_REASONS } from "./plan.ts";
import { COST_CATEGORIES } from "./rule.ts";

const amount = (text: string | null): string | null => (text === null ? null : toText(exact(text)));

const wireRow = (row: AllocatedCostRow) => ({
  allocation_id: row.id.toString(),
  run_id: row.runId,
  kind: row.kind,
  reason: row.reason,
  tenant_id: row.tenantId,
  period_start: row.periodStart,
  period_end: row.periodEnd,
  service: row.service,
  category: row.category,
  rule_id: row.ruleId,
  rule_version: row.ruleVersion,
  currency: row.currency,
  cost: amount(row.cost),
  ...(row.allocatedCostUsd === null
    ? {}
    : { allocated_cost_usd: usdNumber(row.allocatedCostUsd), allocated_cost_usd_exact: amount(row.allocatedCostUsd) }),
  pool_cost: amount(row.poolCost),
  key_metric: row.keyMetric,
  key_value: amount(row.keyValue),
  key_total: amount(row.keyTotal),
  source_line_ids: row.sourceLineIds,
  evidence_links: row.evidenceLinks,
});

const listInput = runChoice.extend({
  tenant_id: tenantIdInput.optional(),
  service: z.string().optional(),
  category: z.enum(COST_CATEGORIES).optional(),
  kind: z.enum(["direct", "allocated", "overhead", "untagged"]).optional(),
  /** Why rows went where they went. */
  reason: z.enum(ROUTE_REASONS).optional(),
  rule_id: z.string().optional(),
  ...pageInput,
});

/** Rows of a period's allocation, pool by pool: who bears what, by which rule and key. */
export const listAllocations = view(
  "allocation.list",
  { needs: "cost:read", input: listInput },
  async (door, input) => {
    const run = await chosenRun(door, input);
    const request = pageRequest(input.page_size, input.page_token);
    const rows = await door.load((tx) =>
      readAllocatedRows(tx, run.runId, {
        tenantId: input.tenant_id,
        service: input.service,
        category: input.category,
        kind: input.kind,
        reason: input.reason,
        ruleId: input.rule_id,
        after: numberAfter(request),
        limit: request.size + 1,
      }),
    );
    const page = pageOf(rows, request, (row) => row.id.toString());
    return { run_id: run.runId, allocations: page.rows.map(wireRow), next_page_token: page.nextToken ?? null };
  },
);

const byId = z.object({ allocation_id: z.string().regex(/^\d{1,18}$/, "must be a number") });

/** One row with its pool and the query that finds the lines of the pool again. */
export const explainAllocation = view("allocation.explain", { needs: "cost:read", input: byId }, async (door, input) =>
  door.load(async (tx) => {
    const row = await readAllocatedRow(tx, BigInt(input.allocation_id));
    const pool = row && (await readPool(tx, row.runId, row.poolNo));
    const run = row && (await readRun(tx, row.runId));
    if (!row || !pool || !run) throw missing("allocation", input.allocation_id);
    return {
      allocation: wireRow(row),
      pool: {
        pool_no: pool.poolNo,
        cost: amount(pool.cost),
        lines: pool.lines,
        tenant_tag: pool.tenantTag,
        clauses: pool.clauses,
      },
      deliveries: run.deliveries,
      query: evidenceQuery({ ...pool, period: run.periodStart.slice(0, 7), basis: run.basis, currency: run.currency }),
    };
  }),
);
