import { z } from "zod";
import { approvalExpiry, preparersOf, requestApproval } from "../approvals/index.ts";
import { openMinor, type PayableInvoice, readPayable, settle } from "../invoicing/index.ts";
import { type ApprovalId, dayInput, exists, forbidden, type PaymentId, usdInput, usdOfMinor } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { dayOf } from "../time/index.ts";
import {
  checkPending,
  checkReceivedOn,
  defaultProvider,
  paidAmount,
  PAYMENT_METHODS,
  paymentDigest,
} from "./payment.ts";
import {
  findByReference,
  insertPayment,
  lockPayment,
  type Payment,
  readPayment,
  saveOutcome,
} from "./payments.store.ts";
import { visiblePayable } from "./list-payments.action.ts";
import { shownPayment } from "./wire.ts";

const input = z.object({
  invoice_id: z.templateLiteral(["INV-", z.string().min(1)]),
  method: z.enum(PAYMENT_METHODS).exclude(["credit"]),
  amount_usd: usdInput,
  /** The bank's or provider's own reference (UTR, transaction id): how the same money is never recorded twice. */
  provider_ref: z
    .string()
    .trim()
    .min(1)
    .max(140)
    .regex(/^[^\p{Cc}]+$/u, "has control characters"),
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, "1 to 40 small letters, digits, dashes and underscores")
    .optional(),
  received_on: dayInput.optional(),
});

/** Asks for the second pair of eyes on exactly this payment. */
const askApproval = (tx: Tx, door: ActionDoor, asked: AskedApproval) => {
  const { payment, invoice } = asked;
  return requestApproval(tx, {
    approvalId: asked.approvalId,
    kind: "manual_payment",
    subjectId: payment.paymentId,
    tenantId: payment.tenantId,
    digest: paymentDigest(payment),
    preparedBy: asked.preparedBy,
    requestedBy: door.actor.id,
    summary: {
      invoice_id: payment.invoiceId,
      method: payment.method,
      provider: payment.provider,
      provider_ref: payment.providerRef,
      received_on: payment.receivedOn,
      amount_usd: usdOfMinor(payment.amountMinor),
      ...(invoice && { invoice_status: invoice.status, invoice_open_usd: usdOfMinor(openMinor(invoice)) }),
    },
    now: door.now,
    expiresAt: approvalExpiry(door.now),
  });
};

interface AskedApproval {
  readonly payment: Payment;
  readonly invoice: PayableInvoice | undefined;
  readonly approvalId: ApprovalId;
  readonly preparedBy: readonly string[];
}

/** A tenant's own token may only say that it made a transfer; everything else is the operator's to record. */
const checkRecorder = (door: ActionDoor, method: string, provider: string): void => {
  if (door.actor.tenantId === undefined) {
    door.need("payments:write");
    return;
  }
  if (method !== "bank_transfer" || provider !== "bank")
    throw forbidden("a tenant gives notice of bank transfers only: pay by card, UPI or wallet through a checkout.");
};

/**
 * Takes down money that came outside a gateway. It is pending, and settles nothing, until a second person approves exactly this
 * payment. A reference that is used already is refused, whatever the rest says; a repeat needs the same idempotency key.
 */
export const recordPayment = action(
  "payments.record",
  { needs: ["payments:write", "self:write"], input },
  async (door, asked) => {
    const provider = asked.provider ?? defaultProvider(asked.method);
    checkRecorder(door, asked.method, provider);
    const receivedOn = checkReceivedOn(asked.received_on ?? dayOf(door.now), dayOf(door.now));
    const invoice = await door.load((tx) => visiblePayable(door, tx, asked.invoice_id));
    const amount = paidAmount(asked.amount_usd, invoice);
    settle(invoice, amount.minor);
    const approvalId: ApprovalId = `APR-${door.clock.id()}`;
    const payment: Payment = {
      paymentId: `PAY-${door.clock.id()}` satisfies PaymentId,
      tenantId: invoice.tenantId,
      invoiceId: invoice.invoiceId,
      method: asked.method,
      provider,
      providerRef: asked.provider_ref,
      currency: amount.currency,
      amountMinor: amount.minor,
      amountUsd: usdOfMinor(amount.minor),
      status: "pending",
      receivedOn,
      recordedBy: door.actor.id,
      approvalId,
      failureReason: null,
      createdAt: door.now,
      confirmedAt: null,
    };
    const { paymentId, tenantId, providerRef } = payment;
    const metadata = {
      invoice_id: invoice.invoiceId,
      provider,
      provider_ref: providerRef,
      amount_usd: payment.amountUsd,
    };
    return door.save({ objectType: "payment", objectId: paymentId, tenantId, metadata }, async (tx) => {
      if (!(await insertPayment(tx, payment))) {
        const other = await findByReference(tx, provider, providerRef);
        const named = other ? `recorded as ${other.paymentId} (${other.status})` : "in use";
        throw exists(`provider_ref ${providerRef} of ${provider} is ${named}. Every reference is recorded once.`);
      }
      await askApproval(tx, door, { payment, invoice, approvalId, preparedBy: preparersOf(door.actor) });
      return shownPayment(payment, { applications: [], creditMinor: 0n });
    });
  },
);

/** Asks again for a decision on a payment whose request expired; one that still waits stays as it is. */
export const resubmitPayment = action(
  "payments.resubmit",
  { needs: "payments:write", input: z.object({ payment_id: z.templateLiteral(["PAY-", z.string().min(1)]) }) },
  async (door, { payment_id: paymentId }) => {
    const { tenantId } = await door.load((tx) => readPayment(tx, paymentId));
    return door.save({ objectType: "payment", objectId: paymentId, tenantId }, async (tx) => {
      const payment = await lockPayment(tx, paymentId);
      checkPending(payment);
      const invoice = payment.invoiceId === null ? undefined : await readPayable(tx, payment.invoiceId);
      const { approvalId } = await askApproval(tx, door, {
        payment,
        invoice,
        approvalId: `APR-${door.clock.id()}`,
        preparedBy: [...new Set([payment.recordedBy, ...preparersOf(door.actor)])],
      });
      await saveOutcome(tx, paymentId, { status: payment.status, approvalId });
      return shownPayment({ ...payment, approvalId }, { applications: [], creditMinor: 0n });
    });
  },
);
