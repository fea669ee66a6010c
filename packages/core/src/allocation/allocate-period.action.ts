import { z } from "zod";
import { isCurrency } from "../money/index.ts";
import { type Json, monthInput, Problem, type RunId, unreachable } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, datasetName, enqueue, recordLineage } from "../record/index.ts";
import { monthOf } from "../time/index.ts";
import { allocate } from "./allocate.ts";
import { readBaseline } from "./baseline.store.ts";
import {
  activateRun,
  type AllocationRunRow,
  lockAllocation,
  readRun,
  runByInput,
  type RunRecord,
  storeRun,
} from "./allocation.store.ts";
import { type Prepared, prepareAllocation, readCosts, readDeliveryDigest } from "./inputs.store.ts";
import { COST_BASES } from "./plan.ts";
import { storeAllocationRules } from "./rules.store.ts";
import { type AllocationSummary, summaryOf, summaryOfRecord } from "./summary.store.ts";

/** Which allocation is meant; the currency may be left out where the period has one. */
export const allocationOf = {
  period: monthInput,
  basis: z.enum(COST_BASES).default("amortized"),
  currency: z.string().refine(isCurrency, "must be an ISO 4217 code").optional(),
};

const checkFresh = async (tx: Tx, prepared: Prepared): Promise<void> => {
  const now = await readDeliveryDigest(tx, prepared.month, prepared.input.currency);
  if (now !== prepared.origin.deliveryDigest)
    throw new Problem(
      "transient",
      "INTERNAL",
      `the cost of ${prepared.month} was delivered anew while it was allocated; try again`,
    );
};

const lineageOf = ({ runId, plan, origin, now }: RunRecord, prepared: Prepared) => ({
  runId,
  job: "allocation",
  subject: prepared.month,
  inputs: {
    ...origin,
    deliveries: origin.deliveries.map((delivery): Json => ({ ...delivery })),
    basis: plan.basis,
    currency: plan.currency,
  },
  ruleVersions: prepared.input.rules.map((rule) => `${rule.rule_id}@${rule.version}`),
  outputs: { plan_digest: plan.digest, rows: plan.rows.length, pools: plan.pools.length },
  reads: [
    ...origin.deliveries.map(({ delivery_id: id, digest }) => ({ dataset: datasetName("delivery", id), digest })),
    { dataset: datasetName("usage", prepared.month), digest: origin.usageDigest },
    { dataset: datasetName("rules", prepared.month), digest: origin.rulesDigest },
    { dataset: datasetName("tenants", prepared.month), digest: origin.tenantsDigest },
  ],
  makes: [{ dataset: datasetName("allocation", prepared.month), digest: plan.digest }],
  createdAt: now,
});

/** What a period is allocated from, and the run that was made from exactly that, where there is one; its cost is not read again then. */
const loadAllocation = async (tx: Tx, of: Parameters<typeof prepareAllocation>[1]) => {
  const prepared = await prepareAllocation(tx, of);
  const known = await runByInput(tx, prepared.origin.inputDigest);
  return { prepared, known, costs: known ? [] : await readCosts(tx, prepared) };
};

interface By {
  readonly outboxId: string;
  readonly now: Date;
}

/** A billed period is held against its invoices once another allocation counts for it. */
const askToRestate = async (
  tx: Tx,
  run: Pick<AllocationRunRow, "runId" | "periodStart" | "periodEnd" | "basis" | "currency">,
  by: By,
): Promise<void> => {
  const { runId, periodStart, periodEnd, basis, currency } = run;
  const isBilled = await readBaseline(tx, { period: { start: periodStart, end: periodEnd }, basis, currency });
  if (isBilled === undefined) return;
  const effectKey = `${runId}/${by.now.toISOString()}`;
  await enqueue(tx, { topic: "allocation-restated", effectKey, payload: { period: monthOf(periodStart) }, ...by });
};

/** Makes a stored run the active one (again) and says what it holds. */
const activate = async (tx: Tx, runId: RunId, by: By): Promise<AllocationSummary> => {
  const run = await readRun(tx, runId);
  if (!run) return unreachable(`allocation run ${runId} is not there`);
  await activateRun(tx, run);
  await askToRestate(tx, run, by);
  return summaryOf(tx, { ...run, status: "active" });
};

/**
 * Allocates a billing month: what each tenant and the operator bear of its cost. The same deliveries, rules, usage and tenants give
 * the run that is there already; anything else gives a new run, which supersedes the one before. Amounts are decimal text.
 */
export const allocatePeriod = action(
  "allocation.allocate",
  { needs: "cost:write", input: z.object(allocationOf) },
  async (door, input) => {
    const of = { month: input.period, basis: input.basis, currency: input.currency };
    const { prepared, known, costs } = await door.load((tx) => loadAllocation(tx, of));
    const { inputDigest } = prepared.origin;
    if (known?.status === "active") return door.unchanged(await door.load((tx) => summaryOf(tx, known)));
    const { basis, currency } = prepared.input;
    const by = { outboxId: door.clock.id(), now: door.now };
    const subject = (runId: RunId) => ({
      objectType: "allocation_run",
      objectId: runId,
      metadata: { period: input.period, basis, currency, input_digest: inputDigest },
    });
    if (known) return door.save(subject(known.runId), (tx) => activate(tx, known.runId, by));
    const plan = allocate({ ...prepared.input, costs });
    const runId: RunId = `RUN-${door.clock.id()}`;
    const record: RunRecord = { runId, plan, origin: prepared.origin, input: prepared.input, now: door.now };
    return door.save(subject(runId), async (tx) => {
      await lockAllocation(tx, plan);
      await checkFresh(tx, prepared);
      const other = await runByInput(tx, inputDigest);
      if (other) return activate(tx, other.runId, by);
      await storeAllocationRules(tx, prepared.input.rules, door.now);
      await storeRun(tx, record);
      await recordLineage(tx, lineageOf(record, prepared));
      const run = {
        runId,
        periodStart: plan.period.start,
        periodEnd: plan.period.end,
        basis: plan.basis,
        currency: plan.currency,
      };
      await activateRun(tx, run);
      await askToRestate(tx, run, by);
      return summaryOfRecord(record);
    });
  },
);
