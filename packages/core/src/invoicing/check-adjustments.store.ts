import { digestOf, precondition } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { DraftDocument } from "./draft-document.ts";
import type { Invoice } from "./invoicing.store.ts";
import { lockAdjustments, pendingAdjustments } from "./restatement.store.ts";

/**
 * What an invoice corrects must still be owed when it is issued: another delivery may have restated it otherwise, or another invoice
 * may have billed it. Throws a precondition Problem. Until the transaction ends no other invoice can bill the same.
 */
export const checkAdjustments = async (tx: Tx, invoice: Invoice, document: DraftDocument): Promise<void> => {
  const corrections = document.lines.flatMap((line) => line.adjusts ?? []);
  if (corrections.length === 0) return;
  await lockAdjustments(tx);
  const { invoiceId, tenantId } = invoice;
  const pending = await pendingAdjustments(tx, { before: document.period.start, tenantIds: [tenantId] });
  const owed = new Set((pending.get(tenantId) ?? []).map((adjustment) => digestOf(adjustment)));
  const stale = corrections.find((correction) => !owed.has(digestOf(correction)));
  if (stale)
    throw precondition(
      `invoice ${invoiceId} corrects ${stale.invoice_id} by what is no longer owed: ${stale.period} was restated again, or billed meanwhile. Draft the invoice again.`,
    );
};
