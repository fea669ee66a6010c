import { z } from "zod";
import {
  announceTo,
  type Approval,
  type ApprovalAnswer,
  answerOf,
  endWaiting,
  expiredBefore,
  findToken,
  keepToken,
  latestApproval,
  LAST_LEVEL,
  passOn,
} from "../approvals/index.ts";
import { sha256 } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, view } from "../record/index.ts";
import { isIssued } from "./invoice.ts";
import { digestInput, invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, type Invoice, readInvoice } from "./invoicing.store.ts";
import { submitDraft } from "./submit-invoice.action.ts";

const about = { invoice_id: invoiceIdInput, digest: digestInput };

const readBoth = (door: ActionDoor, invoiceId: Invoice["invoiceId"]) =>
  door.load(async (tx) => ({
    invoice: await readInvoice(tx, invoiceId),
    approval: await latestApproval(tx, { kind: "invoice", subjectId: invoiceId }),
  }));

const subjectOf = (invoice: Invoice, metadata: Readonly<Record<string, string | number>>) => ({
  objectType: "invoice",
  objectId: invoice.invoiceId,
  tenantId: invoice.tenantId,
  metadata,
});

const SUPERSEDED: ApprovalAnswer = {
  decision: "superseded",
  approval_id: null,
  reason: "the draft was made again or discarded meanwhile",
};

/** What there is to say at once: the draft is not what was to be approved, or somebody decided it by hand before. */
const knownAnswer = (invoice: Invoice, approval: Approval | undefined, digest: string): ApprovalAnswer | undefined => {
  if (invoice.digest !== digest || invoice.status === "discarded") return SUPERSEDED;
  if (approval?.subjectDigest !== digest) return isIssued(invoice.status) ? SUPERSEDED : undefined;
  if (invoice.status !== "draft" || approval.state === "rejected" || approval.state === "expired")
    return answerOf(approval);
  // Sent back after it was approved, and before it was issued.
  if (invoice.sentBackReason !== null)
    return { decision: "sent_back", approval_id: approval.approvalId, reason: invoice.sentBackReason };
  return undefined;
};

/** Who was sent back or let expire once is not asked about the same draft again by itself. */
const isOpenTo = (invoice: Invoice): boolean => ["draft", "pending_approval"].includes(invoice.status);

/**
 * Asks for the decision on a draft on behalf of an execution that waits: the request, the execution's token (encrypted) and the mail to
 * the approvers in one transaction. Where the answer is there already, the execution is told it after the commit. The same token again
 * changes nothing.
 */
export const requestInvoiceApproval = action(
  "invoicing.request-approval",
  { needs: "billing:write", input: z.object({ ...about, task_token: z.string().min(1) }) },
  async (door, { invoice_id: invoiceId, digest, task_token: token }) => {
    const { invoice, approval } = await readBoth(door, invoiceId);
    const before = await door.load((tx) => findToken(tx, sha256(token)));
    if (before) return door.unchanged({ invoice_id: invoiceId, approval_id: before.approvalId });
    const kept = { tokenDigest: sha256(token), sealedToken: door.vault.seal(token), now: door.now };
    const known = knownAnswer(invoice, approval, digest);
    return door.save(subjectOf(invoice, { digest, token: kept.tokenDigest.slice(0, 16) }), async (tx) => {
      if (known !== undefined || !isOpenTo(invoice)) {
        const answer = known ?? SUPERSEDED;
        await keepToken(tx, { ...kept, approvalId: approval?.approvalId ?? null, answer });
        return { invoice_id: invoiceId, approval_id: answer.approval_id };
      }
      const asked = await submitDraft(tx, door, invoice);
      await keepToken(tx, { ...kept, approvalId: asked.approvalId, answer: undefined });
      const { approvalId, level } = asked;
      const serial = `requested-${level}`;
      await announceTo(tx, {
        approvalId,
        level,
        news: level === 1 ? "requested" : "escalated",
        serial,
        outboxId: door.clock.id(),
        now: door.now,
      });
      return { invoice_id: invoiceId, approval_id: approvalId };
    });
  },
);

const returnDraft = async (tx: Tx, door: ActionDoor, invoice: Invoice, reason: string): Promise<void> => {
  const current = await readInvoice(tx, invoice.invoiceId);
  if (current.status !== "pending_approval" || current.digest !== invoice.digest) return;
  await changeInvoice(tx, current, { status: "draft", sentBackReason: reason, updatedAt: door.now });
};

/**
 * What becomes of a draft that nobody decided in time: the next level is asked, and after the last one, or where the whole time is over, the
 * draft goes back. A decision that was made meanwhile counts. Repeating it changes nothing.
 */
export const escalateInvoiceApproval = action(
  "invoicing.escalate-approval",
  {
    needs: "billing:write",
    input: z.object({ ...about, level: z.int().min(1).max(LAST_LEVEL), is_over: z.boolean().default(false) }),
  },
  async (door, { invoice_id: invoiceId, digest, level, is_over: isOver }) => {
    const { invoice, approval } = await readBoth(door, invoiceId);
    if (!approval || approval.subjectDigest !== digest) return door.unchanged(SUPERSEDED);
    const shown = (now: Approval) =>
      answerOf(now) ?? { decision: "escalated" as const, approval_id: now.approvalId, reason: null };
    if (approval.state !== "pending" || approval.level !== level) return door.unchanged(shown(approval));
    return door.save(subjectOf(invoice, { digest, level, approval_id: approval.approvalId }), async (tx) => {
      await endWaiting(tx, approval.approvalId, door.now);
      const now = await passOn(tx, approval.approvalId, { level, isOver, now: door.now });
      if (now.state === "expired") await returnDraft(tx, door, invoice, now.reason ?? "nobody decided in time");
      return shown(now);
    });
  },
);

/** How long the execution that waits for a request has to end it by itself. */
const GRACE_MS = 3_600_000;
const MOST = 100;

/** Drafts whose request expired, and that no execution takes back: they were submitted by hand, or theirs was stopped. The oldest first. */
export const overdueInvoiceApprovals = view(
  "invoicing.overdue-approvals",
  { needs: "billing:read", input: z.object({}) },
  async (door) => {
    const before = new Date(door.now.getTime() - GRACE_MS);
    const overdue = await door.load((tx) => expiredBefore(tx, "invoice", before, MOST));
    return {
      // The subject of such a request is an invoice.
      overdue: overdue.map(({ subjectId, subjectDigest: digest, level }) => ({
        invoice_id: invoiceIdInput.parse(subjectId),
        digest,
        level,
      })),
    };
  },
);
