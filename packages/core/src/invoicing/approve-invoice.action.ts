import { z } from "zod";
import { checkDigest, checkFourEyes, decideApproval, latestApproval } from "../approvals/index.ts";
import { Problem, precondition } from "../kernel/index.ts";
import { action, type Call } from "../record/index.ts";
import { checkMove, isIssued } from "./invoice.ts";
import { digestInput, invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, readInvoice } from "./invoicing.store.ts";
import { issueApproved } from "./issue-invoice.action.ts";

const input = z.object({ invoice_id: invoiceIdInput, digest: digestInput });

/** The decision alone: what was seen is approved by a second person. A repeat changes nothing. */
export const decideInvoice = action("invoicing.approve", { needs: "billing:approve", input }, async (door, asked) => {
  const { invoice_id: invoiceId, digest } = asked;
  const { invoice, approval } = await door.load(async (tx) => ({
    invoice: await readInvoice(tx, invoiceId),
    approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
  }));
  checkFourEyes({ kind: "invoice", subjectId: invoiceId, preparedBy: invoice.preparedBy }, door.actor);
  checkDigest(`invoice ${invoiceId}`, invoice.digest, digest);
  const answer = { invoice_id: invoiceId, status: "approved" as const, digest };
  if (invoice.status === "approved" || isIssued(invoice.status)) return door.unchanged(answer);
  checkMove(invoiceId, invoice.status, "approved");
  if (!approval) throw precondition(`invoice ${invoiceId} waits for no decision. Submit it first.`);
  const { approvalId } = approval;
  const subject = {
    objectType: "invoice",
    objectId: invoiceId,
    tenantId: invoice.tenantId,
    metadata: { digest, approval_id: approvalId },
  };
  return door.save(subject, async (tx) => {
    await decideApproval(tx, approvalId, { verdict: "approved", digest, actor: door.actor, now: door.now });
    await changeInvoice(tx, invoice, { status: "approved", updatedAt: door.now });
    return answer;
  });
});

/**
 * Approves a draft and issues it: two steps, each stored by itself, so that a decision is never lost where issuing has to wait.
 * Repeating it goes on where it stopped. Throws a forbidden Problem on one's own draft, a precondition one on a stale digest.
 */
export const approveInvoice = action(
  "invoicing.approve-and-issue",
  { needs: "billing:approve", input },
  async (door, asked) => {
    await decideInvoice.run({ ...door.call, idempotencyKey: undefined }, asked);
    return issueApproved(door, asked.invoice_id);
  },
);

/** What became of one of several invoices. */
export interface ApprovalOutcome {
  readonly invoice_id: string;
  readonly outcome: "issued" | "refused";
  readonly status: string | null;
  readonly number: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

const approveOne = async (call: Call, item: z.output<typeof input>): Promise<ApprovalOutcome> => {
  try {
    const { status, number } = await approveInvoice.run(call, item);
    return { invoice_id: item.invoice_id, outcome: "issued", status, number, code: null, message: null };
  } catch (error) {
    const known = error instanceof Problem && error.kind !== "internal";
    const code = known ? error.code : "INTERNAL";
    const message = known ? error.message : "this invoice could not be issued; the log says why";
    return { invoice_id: item.invoice_id, outcome: "refused", status: null, number: null, code, message };
  }
};

/** Approves and issues several, one after the other; each has its own outcome, and none stops the others. */
export const approveInvoices = action(
  "invoicing.approve-many",
  { needs: "billing:approve", input: z.object({ items: z.array(input).min(1).max(200) }) },
  async (door, { items }) => {
    const call: Call = { ...door.call, idempotencyKey: undefined };
    const outcomes: ApprovalOutcome[] = [];
    for (const item of items) outcomes.push(await approveOne(call, item));
    return door.unchanged({ items: outcomes });
  },
);
