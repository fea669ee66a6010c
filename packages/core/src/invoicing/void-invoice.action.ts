import { z } from "zod";
import { supersedeApproval } from "../approvals/index.ts";
import { precondition } from "../kernel/index.ts";
import { action } from "../record/index.ts";
import { checkMove, isIssued } from "./invoice.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, readInvoice } from "./invoicing.store.ts";

/**
 * Discards an invoice that is not issued; its tenant and period are free for a new one. A repeat changes nothing. Throws a
 * precondition Problem on an issued one: that is corrected by a credit note, never taken back.
 */
export const voidInvoice = action(
  "invoicing.void",
  { needs: "billing:write", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const invoice = await door.load((tx) => readInvoice(tx, invoiceId));
    const answer = { invoice_id: invoiceId, status: "discarded" as const };
    if (invoice.status === "discarded") return door.unchanged(answer);
    if (isIssued(invoice.status))
      throw precondition(
        `invoice ${invoiceId} is ${invoice.status} under the number ${invoice.documentNumber}: what is issued is never taken back, only corrected by a credit note of its own.`,
      );
    checkMove(invoiceId, invoice.status, "discarded");
    const subject = { objectType: "invoice", objectId: invoiceId, tenantId: invoice.tenantId };
    return door.save(subject, async (tx) => {
      await supersedeApproval(tx, {
        kind: "invoice",
        subjectId: invoiceId,
        reason: "the draft was discarded",
        now: door.now,
      });
      await changeInvoice(tx, invoice, { status: "discarded", updatedAt: door.now });
      return answer;
    });
  },
);
