import { latestApproval, supersedeApproval } from "../approvals/index.ts";
import { type InvoiceId, Problem, type RunId, unreachable } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { type DatasetVersion, datasetName, recordLineage } from "../record/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { monthOf } from "../time/index.ts";
import type { Comparison } from "./comparison.ts";
import type { DraftPlan } from "./draft.ts";
import { detailRows, headerAmounts, taxRows } from "./draft-rows.ts";
import { invoiceIdOf } from "./invoice-id.ts";
import {
  changeInvoice,
  insertInvoice,
  type Invoice,
  invoiceCounts,
  liveInvoices,
  deleteRows,
  insertRows,
} from "./invoicing.store.ts";

export const DRAFT_JOB = "invoice-draft";

/** A draft that is ready to be written. */
export interface PreparedDraft {
  readonly tenant: Tenant;
  readonly plan: DraftPlan;
  readonly comparison: Comparison & { readonly warnings: readonly string[] };
  /** The invoice that it replaces the content of; undefined for a new one. */
  readonly existing: Invoice | undefined;
  readonly runId: RunId;
  readonly preparedBy: readonly string[];
  readonly now: Date;
}

const content = ({ plan, comparison, now }: PreparedDraft) => ({
  ...headerAmounts(plan.document),
  status: "draft" as const,
  document: plan.document,
  digest: plan.digest,
  comparison,
  sentBackReason: null,
  updatedAt: now,
});

interface Written {
  readonly invoice: Invoice;
  /** False where another call wrote the same draft meanwhile. */
  readonly isMine: boolean;
}

/** Adds the invoice; one that another call added meanwhile is the answer where it has the same digest. */
const insertNew = async (tx: Tx, draft: PreparedDraft): Promise<Written> => {
  const { document, digest } = draft.plan;
  const { tenantId, entityId, invoiceSuffix } = draft.tenant;
  const of = { period: document.period, kind: document.kind, tenantIds: [tenantId] };
  const earlier = (await invoiceCounts(tx, of)).get(tenantId) ?? 0;
  const inserted = await insertInvoice(tx, {
    ...content(draft),
    invoiceId: invoiceIdOf({ ...of, suffix: invoiceSuffix, earlier }),
    tenantId,
    entityId,
    kind: document.kind,
    periodStart: document.period.start,
    periodEnd: document.period.end,
    paidMinor: 0n,
    draftRevision: 1,
    preparedBy: draft.preparedBy,
    createdAt: draft.now,
    lockVersion: 1,
  });
  if (inserted) return { invoice: inserted, isMine: true };
  const [other] = await liveInvoices(tx, of);
  if (other?.digest === digest) return { invoice: other, isMine: false };
  throw new Problem(
    "transient",
    "INTERNAL",
    `another draft of ${tenantId} for ${document.period.start} was made at the same time; try again`,
  );
};

const redraft = async (tx: Tx, draft: PreparedDraft, existing: Invoice): Promise<Written> => {
  const { invoiceId } = existing;
  const subject = { kind: "invoice" as const, subjectId: invoiceId };
  const approval = await latestApproval(tx, subject);
  if (approval?.state === "pending")
    await supersedeApproval(tx, {
      ...subject,
      reason: `the draft was made again: its digest is now ${draft.plan.digest}`,
      now: draft.now,
    });
  const invoice = await changeInvoice(tx, existing, {
    ...content(draft),
    draftRevision: existing.draftRevision + 1,
    preparedBy: [...new Set([...existing.preparedBy, ...draft.preparedBy])],
  });
  await deleteRows(tx, invoiceId);
  return { invoice, isMine: true };
};

/** What a document is made of, each dataset once. */
const readBy = ({ period, inputs, plans }: DraftPlan["document"]): DatasetVersion[] => {
  const month = monthOf(period.start);
  const read = [
    { dataset: datasetName("allocation", month), digest: inputs.allocation.digest },
    { dataset: datasetName("usage", month), digest: inputs.usage.digest },
    ...plans.map((plan) => ({
      dataset: datasetName("plan", `${plan.plan_code}@${plan.version}`),
      digest: plan.digest,
    })),
    ...(inputs.adjustments ?? []).map((one) => ({
      dataset: datasetName("restatement", one.period),
      digest: one.allocation_digest,
    })),
  ];
  return [...new Map(read.map((version) => [version.dataset, version])).values()];
};

const lineageOf = (draft: PreparedDraft, invoiceId: InvoiceId) => {
  const { document, digest } = draft.plan;
  return {
    runId: draft.runId,
    job: DRAFT_JOB,
    subject: invoiceId,
    inputs: {
      usage_digest: document.inputs.usage.digest,
      allocation: document.inputs.allocation,
      deliveries: document.inputs.deliveries,
    },
    ruleVersions: document.plans.map((plan) => ({
      plan_code: plan.plan_code,
      version: plan.version,
      digest: plan.digest,
    })),
    outputs: { invoice_id: invoiceId, digest, total: document.total, currency: document.currency },
    reads: readBy(document),
    makes: [{ dataset: datasetName("invoice", invoiceId), digest }],
    createdAt: draft.now,
  };
};

/**
 * Writes a draft, in the caller's transaction: a new invoice, or the new content of one that is not issued, whose approval is
 * superseded. Throws a transient Problem where the invoice was changed meanwhile.
 */
export const writeDraft = async (tx: Tx, draft: PreparedDraft): Promise<Invoice> => {
  const { existing, plan, tenant } = draft;
  const { invoice, isMine } = existing ? await redraft(tx, draft, existing) : await insertNew(tx, draft);
  if (!isMine) return invoice;
  if (invoice.digest !== plan.digest) unreachable(`invoice ${invoice.invoiceId} was written with another digest`);
  await insertRows(tx, {
    lines: detailRows(plan.document, invoice.invoiceId, tenant.tenantId),
    taxes: taxRows(plan.document, invoice.invoiceId, tenant.tenantId),
  });
  await recordLineage(tx, lineageOf(draft, invoice.invoiceId));
  return invoice;
};
