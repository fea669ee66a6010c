import { z } from "zod";
import { keepBaseline } from "../allocation/index.ts";
import { type Approval, latestApproval } from "../approvals/index.ts";
import { readPlanVersions } from "../catalog/index.ts";
import { activeDeliveries } from "../cost/index.ts";
import { type JournalId, precondition, type RunId } from "../kernel/index.ts";
import { postEntry } from "../ledger/index.ts";
import { periodState, periodVerdicts } from "../periods/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, enqueue, type Outcome } from "../record/index.ts";
import { type LegalEntity, readBindings, readLegalEntity } from "../tenants/index.ts";
import { monthOf } from "../time/index.ts";
import { readSnapshots, usageDigest } from "../usage/index.ts";
import { stretchesIn } from "./assemble.ts";
import { checkAdjustments } from "./check-adjustments.store.ts";
import {
  documentDigest,
  documentTypeOf,
  dueDateOf,
  type DraftDocument,
  isCreditNote,
  readDocument,
} from "./draft-document.ts";
import { issueFaults, refuseFor } from "./gate.ts";
import { issuedEntry } from "./issued-entry.ts";
import { checkMove, isIssued, paymentStatus } from "./invoice.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, type Invoice, readInvoice } from "./invoicing.store.ts";
import { queueMail } from "./mail.store.ts";
import { takeNumber } from "./number.store.ts";
import { shownInvoice } from "./wire.ts";

interface Ready {
  readonly invoice: Invoice;
  readonly entity: LegalEntity;
  readonly document: DraftDocument;
}

const checkApproved = (invoice: Invoice, approval: Approval | undefined): DraftDocument => {
  checkMove(invoice.invoiceId, invoice.status, "issued");
  const document = readDocument(invoice.document);
  const digest = documentDigest(document);
  if (approval?.state !== "approved" || approval.subjectDigest !== digest || invoice.digest !== digest)
    throw precondition(
      `invoice ${invoice.invoiceId} is not what was approved: its digest is ${digest}, the approval is for ${approval?.subjectDigest ?? "nothing"}. Send it back, and have it approved again.`,
    );
  return document;
};

/** A negative total is a credit note, with a number of its own series; what it gives becomes the tenant's credit balance. */
export const CREDIT_NOTE_ISSUED = "credit-note-issued";

/** One transaction: number, frozen rows, ledger, and the effects that wait for the commit. */
const write = async (tx: Tx, door: ActionDoor, ready: Ready): Promise<Invoice> => {
  const { invoice, entity, document } = ready;
  await checkAdjustments(tx, invoice, document);
  const { number, fiscalYear, issueDate } = await takeNumber(tx, entity, documentTypeOf(document), door.now);
  const status = paymentStatus(invoice.totalMinor, 0n);
  const issued = await changeInvoice(tx, invoice, {
    status,
    documentNumber: number,
    fiscalYear,
    issueDate,
    dueDate: dueDateOf(document, issueDate),
    issuedAt: door.now,
    paidAt: status === "paid" ? door.now : null,
    updatedAt: door.now,
  });
  const { invoiceId, tenantId } = invoice;
  // What only corrects earlier months does not make its own a billed one. A run id that the document carries was read from the stored run.
  if (document.kind === "regular") await keepBaseline(tx, document.inputs.allocation.run_id as RunId, door.now);
  const entry = issuedEntry(document, { invoiceId, tenantId, number, issueDate });
  await postEntry(tx, entry, { journalId: `JRN-${door.clock.id()}` satisfies JournalId, now: door.now });
  const effect = { effectKey: invoiceId, payload: { invoice_id: invoiceId }, now: door.now };
  await enqueue(tx, { ...effect, topic: "invoice-pdf", outboxId: door.clock.id() });
  if (isCreditNote(document)) await enqueue(tx, { ...effect, topic: CREDIT_NOTE_ISSUED, outboxId: door.clock.id() });
  await queueMail(tx, { invoice: issued, document, outboxId: door.clock.id(), now: door.now });
  return issued;
};

/** What an issue looks at beside the invoice: the period, and what the tenant used as it is known now. */
const readFacts = async (tx: Tx, { periodStart: start, periodEnd: end, tenantId }: Invoice) => {
  const month = monthOf(start);
  const bindings = await readBindings(tx, [tenantId]);
  const plans = await readPlanVersions(tx, [...new Set(bindings.map((binding) => binding.planCode))]);
  return {
    plans: stretchesIn(plans, bindings, { start, end }).map((part) => ({ ...part, digest: part.published.digest })),
    state: await periodState(tx, month),
    verdicts: await periodVerdicts(tx, month),
    deliveries: await activeDeliveries(tx, { period: month }),
    usageDigest: usageDigest(await readSnapshots(tx, { start, end }, { tenantIds: [tenantId] })),
  };
};

/** Issues an approved invoice, or answers with the one that is issued already. */
export const issueApproved = async (
  door: ActionDoor,
  invoiceId: Invoice["invoiceId"],
): Promise<Outcome<ReturnType<typeof shownInvoice>>> => {
  const read = await door.load(async (tx) => {
    const invoice = await readInvoice(tx, invoiceId);
    return {
      invoice,
      entity: await readLegalEntity(tx, invoice.entityId),
      approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
      facts: await readFacts(tx, invoice),
    };
  });
  const { invoice, entity } = read;
  if (isIssued(invoice.status)) return door.unchanged(shownInvoice(invoice));
  const document = checkApproved(invoice, read.approval);
  const facts = {
    ...read.facts,
    deliveries: read.facts.deliveries.filter((delivery) => delivery.currency === document.currency),
    usedDeliveries: document.inputs.deliveries,
    usedUsageDigest: document.inputs.usage.digest,
    usedPlans: document.plans,
  };
  refuseFor(`invoice ${invoiceId} cannot be issued`, issueFaults(facts));
  const subject = {
    objectType: "invoice",
    objectId: invoiceId,
    tenantId: invoice.tenantId,
    metadata: { digest: invoice.digest, approval_id: read.approval?.approvalId ?? null, total: document.total },
  };
  return door.save(subject, async (tx) => shownInvoice(await write(tx, door, { invoice, entity, document })));
};

/**
 * Issues an invoice that was approved, or a credit note where its total is negative: a gapless number, the frozen rows, the ledger entry and the queued PDF and mail in one
 * transaction. Issuing again changes nothing. Throws a precondition Problem where the approval is for another digest, or a
 * failed check blocks the period.
 */
export const issueInvoice = action(
  "invoicing.issue",
  { needs: ["billing:approve", "billing:write"], input: z.object({ invoice_id: invoiceIdInput }) },
  (door, input) => issueApproved(door, input.invoice_id),
);
