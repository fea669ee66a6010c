import { canonicalJson } from "../kernel/index.ts";
import { exact, SCALE, scaled, toText } from "../money/index.ts";
import { view } from "../record/index.ts";
import { monthOf } from "../time/index.ts";
import { allocate, allocatePools, costText, rowJson } from "./allocate.ts";
import {
  type AllocatedCostRow,
  type AllocationPoolRow,
  type AllocationRunRow,
  readAllocatedRows,
  readPools,
} from "./allocation.store.ts";
import { chosenRun, runChoice } from "./allocation-summary.action.ts";
import { type ComparedRow, firstDifference, type RowDifference } from "./compare.ts";
import { rowEvidence } from "./evidence.ts";
import { deriveCosts, readDeliveryDigest, readStoredInput } from "./inputs.store.ts";
import type { AllocationInput, AllocationPlan, AllocationRow, CostPool } from "./plan.ts";
import { readAllocationRules } from "./rules.store.ts";
import { inputDifference } from "./verify-inputs.ts";

type StoredInput = Omit<AllocationInput, "costs">;

const unitsOf = (text: string): bigint => scaled(exact(text), SCALE);

const poolOf = (row: AllocationPoolRow, input: StoredInput): CostPool => {
  const rule = input.rules.find(
    (candidate) => candidate.rule_id === row.ruleId && candidate.version === row.ruleVersion,
  );
  return { ...row, rule: rule ?? null, cost: unitsOf(row.cost) };
};

const shortest = (text: string | null): string | null => (text === null ? null : toText(exact(text)));

const storedRow = (row: AllocatedCostRow): AllocationRow => ({
  ...row,
  cost: unitsOf(row.cost),
  poolCost: unitsOf(row.poolCost),
  keyValue: shortest(row.keyValue),
  keyTotal: shortest(row.keyTotal),
});

const comparedRow = (row: AllocationRow, evidence: ComparedRow["fields"]): ComparedRow => ({
  poolNo: row.poolNo,
  tenantId: row.tenantId,
  kind: row.kind,
  fields: { ...rowJson(row), cost: costText(row.cost), ...evidence },
});

/** A row's month, and where it says that its lines are. */
const evidenceFields = (
  { periodStart, periodEnd }: Pick<AllocationRunRow, "periodStart" | "periodEnd">,
  { sourceLineIds, evidenceLinks }: Pick<AllocatedCostRow, "sourceLineIds" | "evidenceLinks">,
): ComparedRow["fields"] => ({
  period_start: periodStart,
  period_end: periodEnd,
  source_line_ids: canonicalJson(sourceLineIds),
  evidence_links: canonicalJson(evidenceLinks),
});

export interface AllocationVerdict {
  readonly ok: boolean;
  readonly run_id: string;
  /** Rows that were compared. */
  readonly checked: number;
  /** `daily_cost` while the run's deliveries are the active ones, else the run's own pools. */
  readonly recomputed_from: "daily_cost" | "pools";
  readonly stored_digest: string;
  readonly recomputed_digest: string;
  readonly first_difference: (RowDifference & { readonly run_id: string }) | null;
}

/** Computes a run again from what it was made from and compares it with the stored rows, row by row. */
export const verifyAllocation = view(
  "allocation.verify",
  { needs: "cost:read", input: runChoice },
  async (door, choice): Promise<AllocationVerdict> => {
    const run = await chosenRun(door, choice);
    const month = monthOf(run.periodStart);
    const input = await door.load((tx) => readStoredInput(tx, run));
    const isActive = (await door.load((tx) => readDeliveryDigest(tx, month, run.currency))) === run.deliveryDigest;
    const pools = await door.load((tx) => readPools(tx, run.runId));
    const recomputed: AllocationPlan = isActive
      ? allocate({ ...input, costs: await door.load((tx) => deriveCosts(tx, { month, input })) })
      : allocatePools(
          pools.map((row) => poolOf(row, input)),
          input,
        );
    const stored = await door.load((tx) => readAllocatedRows(tx, run.runId));
    const queries = new Map(pools.map((pool) => [pool.poolNo, pool.queryId]));
    const rules = await door.load((tx) => readAllocationRules(tx));
    const difference =
      inputDifference(input, { recorded: run, rules }) ??
      firstDifference(
        stored.map((row) => comparedRow(storedRow(row), evidenceFields(row, row))),
        recomputed.rows.map((row) =>
          comparedRow(row, evidenceFields(run, rowEvidence(run, row.poolNo, queries.get(row.poolNo) ?? null))),
        ),
      );
    return {
      ok: difference === undefined && recomputed.digest === run.planDigest,
      run_id: run.runId,
      checked: stored.length,
      recomputed_from: isActive ? "daily_cost" : "pools",
      stored_digest: run.planDigest,
      recomputed_digest: recomputed.digest,
      first_difference: difference ? { run_id: run.runId, ...difference } : null,
    };
  },
);
