import { digestOf, invalid, type InvoiceId, type PaymentId, precondition, type TenantId } from "../kernel/index.ts";
import { type Currency, type Money, parseMoney } from "../money/index.ts";
import type { Day } from "../time/index.ts";

export const PAYMENT_METHODS = ["card", "upi", "wallet", "bank_transfer", "credit"] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** A payment is pending until money is certain; `confirmed` is undone only by a refund, never by an older or failing event. */
export const PAYMENT_STATUSES = ["pending", "confirmed", "failed", "refunded"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What somebody says was paid: the part of a payment that an approver decides on. */
export interface PaymentClaim {
  readonly paymentId: PaymentId;
  readonly tenantId: TenantId;
  readonly invoiceId: InvoiceId | null;
  readonly method: PaymentMethod;
  readonly provider: string;
  readonly providerRef: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly receivedOn: Day;
}

/** The digest that an approval of a manual payment carries: everything that decides what happens to the money. */
export const paymentDigest = (claim: PaymentClaim): string =>
  digestOf({
    payment_id: claim.paymentId,
    tenant_id: claim.tenantId,
    invoice_id: claim.invoiceId,
    method: claim.method,
    provider: claim.provider,
    provider_ref: claim.providerRef,
    currency: claim.currency,
    amount_minor: claim.amountMinor.toString(),
    received_on: claim.receivedOn,
  });

/** Whose reference it is where the request does not say: a transfer's is the bank's, anything else is taken down by hand. */
export const defaultProvider = (method: PaymentMethod): string => (method === "bank_transfer" ? "bank" : "manual");

/**
 * What `amount_usd` pays of an invoice. Throws an invalid Problem when it is not positive, has parts of a cent, or the invoice is
 * in another currency: US dollars do not settle it.
 */
export const paidAmount = (
  amountUsd: string,
  invoice: { readonly invoiceId: InvoiceId; readonly currency: Currency },
): Money<"USD"> => {
  if (invoice.currency !== "USD")
    throw invalid(
      "amount_usd",
      `invoice ${invoice.invoiceId} is in ${invoice.currency}: an amount in USD does not pay it. Record what was received in ${invoice.currency}.`,
    );
  const amount = centsOf(amountUsd);
  if (amount.minor <= 0n) throw invalid("amount_usd", `a payment is more than 0, this one is ${amountUsd}`);
  return amount;
};

const centsOf = (amountUsd: string): Money<"USD"> => {
  try {
    return parseMoney(amountUsd, "USD");
  } catch {
    throw invalid("amount_usd", `${amountUsd} has parts of a cent: money that was received has two decimals`);
  }
};

/** A day on which money came in is not in the future. Throws an invalid Problem. */
export const checkReceivedOn = (receivedOn: Day, today: Day): Day => {
  if (receivedOn > today) throw invalid("received_on", `${receivedOn} is after today (${today})`);
  return receivedOn;
};

/** Throws a precondition Problem unless the payment still waits for a decision. */
export const checkPending = (payment: { readonly paymentId: PaymentId; readonly status: PaymentStatus }): void => {
  if (payment.status !== "pending")
    throw precondition(`payment ${payment.paymentId} is ${payment.status} already: there is nothing left to decide.`);
};
