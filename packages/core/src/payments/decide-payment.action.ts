import { z } from "zod";
import { type Approval, type Decision, decideApproval, isRepeat, readApproval } from "../approvals/index.ts";
import { readPayable } from "../invoicing/index.ts";
import { type PaymentId, precondition, unreachable } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { confirmPayment } from "./confirm-payment.store.ts";
import { usesOf } from "./list-payments.action.ts";
import { checkPending, paymentDigest } from "./payment.ts";
import { lockPayment, type Payment, readPayment, saveOutcome } from "./payments.store.ts";
import { shownPayment } from "./wire.ts";

const paymentIdInput = z.templateLiteral(["PAY-", z.string().min(1)]);

/** The payment as it is now, with what its invoice says. */
const decided = async (tx: Tx, paymentId: PaymentId) => {
  const payment = await readPayment(tx, paymentId);
  const invoice = payment.invoiceId === null ? undefined : await readPayable(tx, payment.invoiceId);
  const use = (await usesOf(tx, [payment])).get(paymentId);
  return {
    ...shownPayment(payment, use ?? { applications: [], creditMinor: 0n }),
    invoice_status: invoice?.status ?? null,
  };
};

const readWaiting = async (tx: Tx, paymentId: PaymentId): Promise<{ payment: Payment; approval: Approval }> => {
  const payment = await readPayment(tx, paymentId);
  if (payment.approvalId === null)
    throw precondition(`payment ${paymentId} came through ${payment.provider}: it needs no approval.`);
  return { payment, approval: await readApproval(tx, payment.approvalId) };
};

type Verdict = Pick<Decision, "verdict" | "reason"> & { readonly digest: string | undefined };

/** Loads, decides and saves; a repeat of the same decision by the same person changes nothing. */
const decide = async (door: ActionDoor, paymentId: PaymentId, verdict: Verdict, effect: (tx: Tx) => Promise<void>) => {
  const { payment, approval } = await door.load((tx) => readWaiting(tx, paymentId));
  const decision: Decision = {
    verdict: verdict.verdict,
    digest: verdict.digest ?? approval.subjectDigest,
    reason: verdict.reason,
    actor: door.actor,
    now: door.now,
  };
  if (isRepeat(approval, decision)) return door.unchanged(await door.load((tx) => decided(tx, paymentId)));
  const metadata = { approval_id: approval.approvalId, digest: decision.digest, invoice_id: payment.invoiceId };
  const subject = { objectType: "payment", objectId: paymentId, tenantId: payment.tenantId, metadata };
  return door.save(subject, async (tx) => {
    const { isNew } = await decideApproval(tx, approval.approvalId, decision);
    if (isNew) {
      const current = await lockPayment(tx, paymentId);
      checkPending(current);
      if (paymentDigest(current) !== approval.subjectDigest)
        unreachable(`payment ${paymentId} is not what approval ${approval.approvalId} was asked for`);
      await effect(tx);
    }
    return decided(tx, paymentId);
  });
};

/**
 * Approves a manual payment: the invoice is settled, what is over becomes credit balance, and the books are posted, all at once.
 * Four eyes: not by who recorded it. A repeat changes nothing. `digest` is the one that was seen; another one is refused.
 */
export const approvePayment = action(
  "payments.approve",
  { needs: "billing:approve", input: z.object({ payment_id: paymentIdInput, digest: z.string().min(1) }) },
  (door, input) =>
    decide(door, input.payment_id, { verdict: "approved", digest: input.digest }, async (tx) => {
      const by = { journalId: `JRN-${door.clock.id()}`, creditId: `CRD-${door.clock.id()}`, now: door.now } as const;
      await confirmPayment(tx, input.payment_id, by);
    }),
);

/** Rejects a manual payment: it fails with the reason, and its reference stays used. */
export const rejectPayment = action(
  "payments.reject",
  {
    needs: ["billing:approve", "payments:write"],
    input: z.object({
      payment_id: paymentIdInput,
      reason: z.string().trim().min(1).max(1000),
      digest: z.string().min(1).optional(),
    }),
  },
  (door, { payment_id: paymentId, reason, digest }) =>
    decide(door, paymentId, { verdict: "rejected", digest, reason }, (tx) =>
      saveOutcome(tx, paymentId, { status: "failed", failureReason: reason }),
    ),
);
