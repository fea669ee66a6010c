import { z } from "zod";
import { type Approval, approvalExpiry, latestApproval, preparersOf, requestApproval } from "../approvals/index.ts";
import type { ApprovalId, Json } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { readDocument } from "./draft-document.ts";
import { marginOf } from "./draft-rows.ts";
import { checkMove } from "./invoice.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, type Invoice, readInvoice } from "./invoicing.store.ts";

/** What the inbox shows of a draft. */
export const summaryOf = (invoice: Invoice): Json => {
  const document = readDocument(invoice.document);
  return {
    tenant_name: document.buyer.name,
    period_start: invoice.periodStart,
    period_end: invoice.periodEnd,
    currency: document.currency,
    subtotal: document.subtotal,
    tax: document.tax,
    total: document.total,
    ...marginOf(document),
    comparison: invoice.comparison,
  };
};

const sentToApproval = (tx: Tx, door: ActionDoor, invoice: Invoice): Promise<Invoice> =>
  changeInvoice(tx, invoice, {
    status: "pending_approval",
    sentBackReason: null,
    preparedBy: [...new Set([...invoice.preparedBy, ...preparersOf(door.actor)])],
    updatedAt: door.now,
  });

const askFor = (tx: Tx, door: ActionDoor, invoice: Invoice): Promise<Approval> =>
  requestApproval(tx, {
    approvalId: `APR-${door.clock.id()}` satisfies ApprovalId,
    kind: "invoice",
    subjectId: invoice.invoiceId,
    tenantId: invoice.tenantId,
    digest: invoice.digest,
    preparedBy: invoice.preparedBy,
    requestedBy: door.actor.id,
    summary: summaryOf(invoice),
    now: door.now,
    expiresAt: approvalExpiry(door.now),
  });

/**
 * Sends a draft to approval in the caller's transaction: who does it counts among those who prepared it. One that waits already keeps its
 * open request.
 */
export const submitDraft = async (tx: Tx, door: ActionDoor, invoice: Invoice): Promise<Approval> => {
  const isWaiting = invoice.status === "pending_approval";
  return askFor(tx, door, isWaiting ? invoice : await sentToApproval(tx, door, invoice));
};

const answer = (invoice: Invoice, approval: Approval) => ({
  invoice_id: invoice.invoiceId,
  status: invoice.status,
  digest: invoice.digest,
  approval_id: approval.approvalId,
  expires_at: approval.expiresAt.toISOString(),
});

/**
 * Sends a draft to approval; the answer carries the digest that an approver decides on. Who submits counts among those who
 * prepared it. Submitting again changes nothing while the request is open, and asks anew where it expired.
 */
export const submitInvoice = action(
  "invoicing.submit",
  { needs: "billing:write", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const { invoice, approval } = await door.load(async (tx) => ({
      invoice: await readInvoice(tx, invoiceId),
      approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
    }));
    const isWaiting = invoice.status === "pending_approval";
    const isOpen =
      approval?.state === "pending" && approval.subjectDigest === invoice.digest && approval.expiresAt > door.now;
    if (isWaiting && approval && isOpen) return door.unchanged(answer(invoice, approval));
    if (!isWaiting) checkMove(invoiceId, invoice.status, "pending_approval");
    const subject = {
      objectType: "invoice",
      objectId: invoiceId,
      tenantId: invoice.tenantId,
      metadata: { digest: invoice.digest },
    };
    return door.save(subject, async (tx) => {
      const changed = await sentToApproval(tx, door, invoice);
      return answer(changed, await askFor(tx, door, changed));
    });
  },
);
