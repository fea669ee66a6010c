import { z } from "zod";
import { type Approval, latestApproval, supersedeApproval, decideApproval } from "../approvals/index.ts";
import { precondition } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { checkMove } from "./invoice.ts";
import { digestInput, invoiceIdInput, reasonInput } from "./invoice-input.ts";
import { changeInvoice, type Invoice, readInvoice } from "./invoicing.store.ts";

/** Rejects the request that is open; one that expired, or is for another draft, is superseded. */
const closeRequest = async (
  tx: Tx,
  door: ActionDoor,
  sent: { readonly invoice: Invoice; readonly approval: Approval | undefined; readonly reason: string },
): Promise<void> => {
  const { invoice, approval, reason } = sent;
  if (approval?.state !== "pending") return;
  const isOpen = approval.expiresAt > door.now && approval.subjectDigest === invoice.digest;
  if (isOpen)
    await decideApproval(tx, approval.approvalId, {
      verdict: "rejected",
      digest: invoice.digest,
      actor: door.actor,
      reason,
      now: door.now,
    });
  else await supersedeApproval(tx, { kind: "invoice", subjectId: invoice.invoiceId, reason, now: door.now });
};

/**
 * Sends a draft that waits for approval, or was approved and not issued, back with the reason. A repeat with the same reason
 * changes nothing. `digest`, where given, is the one that was seen; another one is refused.
 */
export const sendBackInvoice = action(
  "invoicing.send-back",
  {
    needs: ["billing:approve", "billing:write"],
    input: z.object({ invoice_id: invoiceIdInput, reason: reasonInput, digest: digestInput.optional() }),
  },
  async (door, { invoice_id: invoiceId, reason, digest }) => {
    const { invoice, approval } = await door.load(async (tx) => ({
      invoice: await readInvoice(tx, invoiceId),
      approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
    }));
    const answer = { invoice_id: invoiceId, status: "draft" as const, digest: invoice.digest, reason };
    if (invoice.status === "draft" && invoice.sentBackReason === reason) return door.unchanged(answer);
    checkMove(invoiceId, invoice.status, "draft");
    if (digest !== undefined && digest !== invoice.digest)
      throw precondition(
        `invoice ${invoiceId} changed since it was shown: its digest is ${invoice.digest}, not ${digest}.`,
      );
    const subject = {
      objectType: "invoice",
      objectId: invoiceId,
      tenantId: invoice.tenantId,
      metadata: { reason, digest: invoice.digest },
    };
    return door.save(subject, async (tx) => {
      await closeRequest(tx, door, { invoice, approval, reason });
      await changeInvoice(tx, invoice, { status: "draft", sentBackReason: reason, updatedAt: door.now });
      return answer;
    });
  },
);
