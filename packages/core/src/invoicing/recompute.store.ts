import { readAllocatedRows } from "../allocation/index.ts";
import { readPlanVersion } from "../catalog/index.ts";
import type { InvoiceId, RunId } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { listLineage } from "../record/index.ts";
import { peakSeats, readLegalEntity, readSeats, readTenant } from "../tenants/index.ts";
import { contains } from "../time/index.ts";
import { aggregateSnapshots, readSnapshots, usageDigest } from "../usage/index.ts";
import { lineAgain } from "./adjustment.ts";
import type { Adjustment, BilledLine } from "./adjustment-line.ts";
import { type DraftDocument, readDocument } from "./draft-document.ts";
import { draftInvoice } from "./draft.ts";
import { DRAFT_JOB } from "./draft.store.ts";
import type { AllocatedCost, AllocationSource, DraftSegment } from "./draft-source.ts";
import { type Invoice, readInvoice } from "./invoicing.store.ts";
import { taxesOfLine } from "./line-taxes.ts";

/** When the draft was made: usage and seats are read as they were then, so that a later correction is not taken for tampering. */
const draftedAt = async (tx: Tx, invoice: Invoice): Promise<Date | undefined> => {
  const runs = await listLineage(tx, { subject: invoice.invoiceId, job: DRAFT_JOB });
  const made = runs.find(
    (run) =>
      typeof run.outputs === "object" &&
      run.outputs !== null &&
      "digest" in run.outputs &&
      run.outputs["digest"] === invoice.digest,
  );
  return made?.createdAt;
};

const readSegments = async (tx: Tx, invoice: Invoice, document: DraftDocument) => {
  const asOf = await draftedAt(tx, invoice);
  const snapshots = await readSnapshots(tx, document.period, { tenantIds: [invoice.tenantId], asOf });
  const seats = await readSeats(tx, [invoice.tenantId], asOf);
  const segments: DraftSegment[] = [];
  for (const plan of document.plans) {
    const published = await readPlanVersion(tx, plan.plan_code, plan.version);
    if (!published) continue;
    const within = snapshots.filter((snapshot) => contains(plan, snapshot.usageDate));
    segments.push({
      start: plan.start,
      end: plan.end,
      published,
      usage: aggregateSnapshots(within).map(({ metricCode, value, days }) => ({ metricCode, value, days })),
      seats: peakSeats(seats, plan),
    });
  }
  return { segments, digest: usageDigest(snapshots) };
};

/** What a document is made again with: an allocation, and corrections of earlier invoices. */
interface With {
  readonly allocation: AllocationSource;
  readonly adjustments: readonly Adjustment[];
}

/** An invoice that only corrects others bears nothing of its own month. */
const costsOf = (kind: DraftDocument["kind"], rows: Awaited<ReturnType<typeof readAllocatedRows>>): AllocatedCost[] =>
  kind === "adjustment"
    ? []
    : rows.map((row) => ({
        id: row.id.toString(),
        service: row.service,
        category: row.category,
        cost: toText(exact(row.cost)),
        keyMetric: row.keyMetric,
      }));

/**
 * The document of an invoice made again from what is stored, with the rows of an allocation: usage and seats as they were when it was
 * drafted, the plan versions and taxes that it names.
 */
export const rateAgain = async (
  tx: Tx,
  invoiceId: InvoiceId,
  document: DraftDocument,
  { allocation, adjustments }: With,
): Promise<DraftDocument> => {
  const invoice = await readInvoice(tx, invoiceId);
  const tenant = await readTenant(tx, invoice.tenantId);
  const { segments, digest } = await readSegments(tx, invoice, document);
  const rows = await readAllocatedRows(tx, allocation.runId, { tenantId: invoice.tenantId });
  const taxes = taxesOfLine(document, undefined).map((tax) => ({ ...tax, jurisdiction: tax.jurisdiction ?? "" }));
  return draftInvoice({
    tenant: { ...tenant, taxProfile: { ...tenant.taxProfile, taxes } },
    entity: await readLegalEntity(tx, invoice.entityId),
    period: document.period,
    kind: document.kind,
    segments,
    usageDigest: digest,
    allocation,
    costs: costsOf(document.kind, rows),
    adjustments,
  }).document;
};

const allocationOf = (document: DraftDocument): AllocationSource => ({
  runId: document.inputs.allocation.run_id as RunId,
  digest: document.inputs.allocation.digest,
  basis: document.inputs.allocation.basis,
  currency: document.currency,
  deliveryDigest: document.inputs.delivery_digest,
  deliveries: document.inputs.deliveries,
});

/** A correction made again: the corrected invoice rated with the restated cost, and what its issued lines say that was billed. */
const adjustmentAgain = async (tx: Tx, stored: Adjustment): Promise<Adjustment> => {
  const documentOf = async (invoiceId: InvoiceId) => readDocument((await readInvoice(tx, invoiceId)).document);
  const original = await documentOf(stored.invoice_id);
  const allocation = { ...allocationOf(original), runId: stored.run_id as RunId };
  const again = await rateAgain(tx, stored.invoice_id, original, { allocation, adjustments: [] });
  const billed: BilledLine[] = [];
  for (const { invoice_id: invoiceId, line_no: lineNo } of stored.billed) {
    const line = (await documentOf(invoiceId)).lines.find((one) => one.line_no === lineNo);
    billed.push({
      invoice_id: invoiceId,
      line_no: lineNo,
      amount: line?.amount ?? "0",
      cost: line?.cost ?? "0",
    });
  }
  const line = lineAgain(original, again, stored.line.line_id);
  return { ...stored, line: line ?? { ...stored.line, amount: "0", cost: "0" }, billed };
};

/** The document made again from what is stored: usage read again, the plan versions it names, the allocation's rows, its corrections. */
export const recompute = async (tx: Tx, invoice: Invoice, document: DraftDocument): Promise<DraftDocument> => {
  const adjustments: Adjustment[] = [];
  for (const { adjusts } of document.lines) if (adjusts) adjustments.push(await adjustmentAgain(tx, adjusts));
  return rateAgain(tx, invoice.invoiceId, document, { allocation: allocationOf(document), adjustments });
};
