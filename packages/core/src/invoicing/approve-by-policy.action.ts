import { z } from "zod";
import { approvalExpiry, grantApproval, latestApproval, readApprovalPolicy } from "../approvals/index.ts";
import { precondition } from "../kernel/index.ts";
import { action, type ViewDoor, view } from "../record/index.ts";
import { isIssued } from "./invoice.ts";
import { digestInput, invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, readInvoice } from "./invoicing.store.ts";
import { oddities, policyFaults } from "./oddity.ts";
import { summaryOf } from "./submit-invoice.action.ts";

const input = z.object({ invoice_id: invoiceIdInput, digest: digestInput });

const judge = async (door: ViewDoor, { invoice_id: invoiceId }: z.output<typeof input>) => {
  const { invoice, policy, approval } = await door.load(async (tx) => ({
    invoice: await readInvoice(tx, invoiceId),
    policy: await readApprovalPolicy(tx),
    approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
  }));
  const isOwn = policy.setBy !== null && invoice.preparedBy.includes(policy.setBy);
  const faults = [
    ...policyFaults(policy.policy, { totalUsd: invoice.totalUsd, comparison: invoice.comparison }),
    ...(isOwn ? [`four-eyes rule: ${policy.setBy} set the policy and prepared the draft`] : []),
    ...(invoice.sentBackReason === null ? [] : [`it was sent back: ${invoice.sentBackReason}`]),
  ];
  return { invoice, policy, approval, faults };
};

/**
 * How a draft is to be approved: `auto` by the policy, `ask` a person, or not any more: `approved`, `issued`, `superseded`. `reasons` say why
 * a person is asked.
 */
export const approvalWay = view("invoicing.approval-way", { needs: "billing:read", input }, async (door, asked) => {
  const { invoice, faults } = await judge(door, asked);
  if (invoice.digest !== asked.digest || invoice.status === "discarded")
    return { decision: "superseded" as const, reasons: [] };
  if (isIssued(invoice.status)) return { decision: "issued" as const, reasons: [] };
  if (invoice.status === "approved") return { decision: "approved" as const, reasons: [] };
  return faults.length === 0
    ? { decision: "auto" as const, reasons: [] }
    : { decision: "ask" as const, reasons: faults.slice(0, 20) };
});

/** What a person should look at in a draft, beside any policy: everything that is not as it was in the period before. */
export const draftOddities = view("invoicing.oddities", { needs: "billing:read", input }, async (door, asked) => {
  const invoice = await door.load((tx) => readInvoice(tx, asked.invoice_id));
  return { reasons: oddities(invoice.comparison, "20").slice(0, 20) };
});

/** Approves a draft that the policy lets pass. A repeat changes nothing. Throws a precondition Problem where it does not (any more). */
export const approveByPolicy = action(
  "invoicing.approve-by-policy",
  { needs: "billing:write", input },
  async (door, asked) => {
    const { invoice, policy, approval, faults } = await judge(door, asked);
    const { invoiceId, digest, tenantId } = invoice;
    const answer = { invoice_id: invoiceId, digest, policy_version: policy.version };
    const isDone = invoice.status === "approved" || isIssued(invoice.status);
    if (isDone && approval?.state === "approved" && digest === asked.digest) return door.unchanged(answer);
    const reasons = digest === asked.digest ? faults : ["it is not the draft that was looked at"];
    if (reasons.length > 0 || !["draft", "pending_approval"].includes(invoice.status))
      throw precondition(`invoice ${invoiceId} is not approved by policy: ${reasons.join("; ") || invoice.status}.`);
    const { max_total_usd: maxTotal, max_change_percent: maxChange } = policy.policy;
    const by = {
      decidedBy: `policy ${policy.version} of ${policy.setBy}`,
      reason: `total up to ${maxTotal} USD, moved up to ${maxChange} % against the period before, nothing new or gone`,
    };
    const metadata = { digest, policy_version: policy.version, set_by: policy.setBy, ...policy.policy };
    return door.save({ objectType: "invoice", objectId: invoiceId, tenantId, metadata }, async (tx) => {
      const asking = {
        approvalId: `APR-${door.clock.id()}` as const,
        kind: "invoice" as const,
        subjectId: invoiceId,
        tenantId,
        digest,
        preparedBy: invoice.preparedBy,
        requestedBy: door.actor.id,
        summary: summaryOf(invoice),
        now: door.now,
        expiresAt: approvalExpiry(door.now),
      };
      await grantApproval(tx, asking, by);
      await changeInvoice(tx, invoice, { status: "approved", updatedAt: door.now });
      return answer;
    });
  },
);
