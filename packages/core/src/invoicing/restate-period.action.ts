import { z } from "zod";
import { type AllocationRunRow, readBaseline } from "../allocation/index.ts";
import { digestOf, type Json, missing, monthInput, Problem, type RunId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, datasetName, recordLineage, view, type ViewDoor } from "../record/index.ts";
import { type Month, monthPeriod, type Period } from "../time/index.ts";
import { activeRun } from "./active-run.store.ts";
import { adjustmentAmounts, billedLines, type RestatedInvoice, restatedLines } from "./adjustment.ts";
import type { BilledLine } from "./adjustment-line.ts";
import { rateAgain } from "./recompute.store.ts";
import { RESTATEMENT_POLICY } from "./restatement-policy.ts";
import {
  billingOf,
  correctingInvoices,
  type InvoiceStanding,
  type IssuedDocument,
  issuedRegular,
  lockAdjustments,
  restatementOfRun,
  standingOf,
  storeRestatement,
  type StoredRestatement,
} from "./restatement.store.ts";
import { allocationOfRun } from "./sources.store.ts";

const shownStanding = ({ tenantId, restated, outcome, amount, cost, adjustments }: InvoiceStanding) => ({
  tenant_id: tenantId,
  invoice_id: restated.invoice_id,
  outcome,
  amount_usd_exact: amount,
  cost_usd_exact: cost,
  lines: restated.lines.map(({ line_id, title, amount: restatedAmount, cost: restatedCost }) => {
    const adjustment = adjustments.find((one) => one.line.line_id === line_id);
    return {
      line_id,
      title,
      restated_amount_usd_exact: restatedAmount,
      restated_cost_usd_exact: restatedCost,
      adjustment_amount_usd_exact: adjustment ? adjustmentAmounts(adjustment).amount : null,
      corrects: adjustment?.billed ?? [],
    };
  }),
});

const shown = async (tx: Tx, month: Month, row: StoredRestatement | undefined) => {
  const standings = await standingOf(tx, { period: monthPeriod(month) });
  const ids = standings.map(({ restated }) => restated.invoice_id);
  const corrected = await correctingInvoices(tx, ids);
  return {
    period: month,
    restatement_id: row?.restatementId ?? null,
    run_id: row?.runId ?? null,
    baseline_run_id: row?.baselineRunId ?? null,
    policy_version: RESTATEMENT_POLICY.version,
    invoices: standings.map((standing) => ({
      ...shownStanding(standing),
      /** Where corrections of the invoice stand: drafts too, in which what waits is proposed. */
      billed_on: (corrected.get(standing.restated.invoice_id) ?? []).map(({ invoiceId, status }) => ({
        invoice_id: invoiceId,
        status,
      })),
    })),
  };
};

interface Compared {
  readonly issued: readonly IssuedDocument[];
  readonly billed: ReadonlyMap<string, ReadonlyMap<string, readonly BilledLine[]>>;
  readonly billing: string;
}

const billingDigest = (issued: readonly IssuedDocument[]): string =>
  digestOf(issued.map(({ invoiceId, document }) => [invoiceId, digestOf(document)]));

const readBilling = async (tx: Tx, period: Period): Promise<Compared> => {
  const own = await issuedRegular(tx, period);
  const all = await billingOf(
    tx,
    own.map((invoice) => invoice.invoiceId),
  );
  return {
    issued: own,
    billed: new Map(own.map(({ invoiceId }) => [invoiceId, billedLines(invoiceId, all)])),
    billing: billingDigest(all),
  };
};

/** Rates every issued invoice again with the cost that the run says, one transaction each: a period has thousands of tenants. */
const restateAll = async (
  door: ViewDoor,
  run: AllocationRunRow,
  restatementId: string,
  month: Month,
  { issued, billed }: Compared,
) => {
  const restated: (RestatedInvoice & Pick<IssuedDocument, "tenantId">)[] = [];
  const allocation = allocationOfRun(run);
  for (const { invoiceId, tenantId, document } of issued) {
    const again = await door.load((tx) => rateAgain(tx, invoiceId, document, { allocation, adjustments: [] }));
    const lines = restatedLines(document, again, billed.get(invoiceId) ?? new Map());
    const ref = {
      restatement_id: restatementId,
      period: month,
      invoice_id: invoiceId,
      run_id: run.runId,
      allocation_digest: run.planDigest,
      deliveries: allocation.deliveries,
    };
    if (lines.length > 0) restated.push({ ...ref, tenantId, lines });
  }
  return restated;
};

const lineageOf = (row: StoredRestatement, month: Month, invoices: number) => ({
  runId: row.restatementId,
  job: "restatement",
  subject: month,
  inputs: { run_id: row.runId, baseline_run_id: row.baselineRunId, delivery_digest: row.deliveryDigest },
  ruleVersions: [`restatement-policy@${row.policyVersion}`] satisfies Json,
  outputs: { invoices: row.invoices, changed: invoices },
  reads: [{ dataset: datasetName("allocation", month), digest: row.allocationDigest }],
  makes: [{ dataset: datasetName("restatement", month), digest: row.allocationDigest }],
  createdAt: row.createdAt,
});

const rowOf = (
  run: AllocationRunRow,
  by: { restatementId: string; baselineRunId: RunId; now: Date },
  invoices: number,
): StoredRestatement => ({
  restatementId: by.restatementId,
  periodStart: run.periodStart,
  periodEnd: run.periodEnd,
  currency: run.currency,
  runId: run.runId,
  baselineRunId: by.baselineRunId,
  allocationDigest: run.planDigest,
  deliveryDigest: run.deliveryDigest,
  policyVersion: RESTATEMENT_POLICY.version,
  invoices,
  createdAt: by.now,
});

/**
 * Holds the issued invoices of a billed period against the allocation that counts now: each is rated again with the restated cost under
 * the versions that it was rated with, and what differs is stored as reversals and restated lines. What is material goes on the tenant's
 * next invoice, the rest is the operator's. The same allocation again changes nothing.
 */
export const restatePeriod = action(
  "invoicing.restate",
  { needs: "cost:write", input: z.object({ period: monthInput }) },
  async (door, { period: month }) => {
    const period = monthPeriod(month);
    const run = await door.load((tx) => activeRun(tx, period));
    if (!run) throw missing("an allocation of", month);
    const { basis, currency } = run;
    const baselineRunId = await door.load((tx) => readBaseline(tx, { period, basis, currency }));
    const known = await door.load((tx) => restatementOfRun(tx, run.runId));
    // Before the first invoice there is nothing to restate.
    if (baselineRunId === undefined || known) return door.unchanged(await door.load((tx) => shown(tx, month, known)));
    const compared = await door.load((tx) => readBilling(tx, period));
    const restatementId = `RST-${door.clock.id()}`;
    const invoices = await restateAll(door, run, restatementId, month, compared);
    const row = rowOf(run, { restatementId, baselineRunId, now: door.now }, compared.issued.length);
    const metadata = { period: month, run_id: run.runId, changed: invoices.length };
    return door.save({ objectType: "restatement", objectId: restatementId, metadata }, async (tx) => {
      await lockAdjustments(tx);
      const other = await restatementOfRun(tx, run.runId);
      if (other) return shown(tx, month, other);
      if ((await readBilling(tx, period)).billing !== compared.billing)
        throw new Problem("transient", "INTERNAL", `an invoice was issued while ${month} was restated; try again`);
      await storeRestatement(tx, row, invoices, (invoiceId) => compared.billed.get(invoiceId) ?? new Map());
      await recordLineage(tx, lineageOf(row, month, invoices.length));
      return shown(tx, month, row);
    });
  },
);

/** How a billed period stands after its last restatement, invoice by invoice: what the next invoices owe, and what the operator bears. */
export const listRestatements = view(
  "invoicing.restatements",
  { needs: ["cost:read", "recon:read"], input: z.object({ period: monthInput }) },
  async (door, { period: month }) =>
    door.load(async (tx) => {
      const run = await activeRun(tx, monthPeriod(month));
      return shown(tx, month, run && (await restatementOfRun(tx, run.runId)));
    }),
);
