import { applyPaid, type Settlement } from "../invoicing/index.ts";
import type { JournalId, PaymentId } from "../kernel/index.ts";
import { type Amount, paymentEntry, postEntry } from "../ledger/index.ts";
import { unreachable } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue } from "../record/index.ts";
import { insertApplication, insertCredit, lockPayment, type Payment, saveOutcome } from "./payments.store.ts";

export interface Confirmation {
  readonly payment: Payment;
  /** How the invoice was settled; undefined where the payment names none. */
  readonly settlement: Settlement | undefined;
  /** What became credit balance, in minor units. */
  readonly keptMinor: bigint;
}

/** US dollars are the ledger's base: one amount on both sides. */
const inDollars = (payment: Payment, minor: bigint): Amount => {
  if (payment.currency !== "USD") unreachable(`payment ${payment.paymentId} is in ${payment.currency}, without a rate`);
  return { minor, usdMinor: minor };
};

/**
 * Makes a payment certain, in the caller's transaction: the invoice is settled, what is over becomes credit balance, and one entry
 * is posted. A payment that is confirmed already, or was refunded, is left as it is: `undefined`.
 */
export const confirmPayment = async (
  tx: Tx,
  paymentId: PaymentId,
  by: { readonly journalId: JournalId; readonly creditId: string; readonly now: Date },
): Promise<Confirmation | undefined> => {
  const payment = await lockPayment(tx, paymentId);
  if (payment.status === "confirmed" || payment.status === "refunded") return undefined;
  const { tenantId, invoiceId, currency, amountMinor } = payment;
  const settlement = invoiceId === null ? undefined : await applyPaid(tx, { invoiceId, amountMinor, now: by.now });
  const appliedMinor = settlement?.appliedMinor ?? 0n;
  const keptMinor = amountMinor - appliedMinor;
  await saveOutcome(tx, paymentId, { status: "confirmed", confirmedAt: by.now, failureReason: null });
  if (invoiceId !== null && appliedMinor > 0n)
    await insertApplication(tx, { paymentId, invoiceId, tenantId, amountMinor: appliedMinor, appliedAt: by.now });
  if (keptMinor > 0n)
    await insertCredit(tx, {
      creditId: by.creditId,
      tenantId,
      kind: "overpayment",
      sourceId: paymentId,
      currency,
      amountMinor: keptMinor,
      remainingMinor: keptMinor,
      createdAt: by.now,
    });
  const entry = paymentEntry({
    paymentId,
    tenantId,
    provider: payment.provider,
    receivedOn: payment.receivedOn,
    currency,
    received: inDollars(payment, amountMinor),
    applied: inDollars(payment, appliedMinor),
    kept: inDollars(payment, keptMinor),
    fee: inDollars(payment, 0n),
  });
  await postEntry(tx, entry, by);
  await enqueue(tx, {
    topic: "start-workflow",
    effectKey: `payment-reconciliation/${paymentId}`,
    payload: { machine: "payment-reconciliation", name: paymentId, input: { payment_id: paymentId } },
    outboxId: `WFL-${paymentId}`,
    now: by.now,
  });
  return { payment: { ...payment, status: "confirmed", confirmedAt: by.now }, settlement, keptMinor };
};
