import { usdNumber } from "../kernel/index.ts";
import { money, moneyText } from "../money/index.ts";
import { type PaymentClaim, paymentDigest, type PaymentStatus } from "./payment.ts";

/** A stored payment, as far as it is shown. */
interface ShownPayment extends PaymentClaim {
  readonly amountUsd: string;
  readonly status: PaymentStatus;
  readonly recordedBy: string;
  readonly approvalId: string | null;
  readonly failureReason: string | null;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
}

/** Where the money of a payment went. Amounts in minor units of its currency. */
export interface PaymentUse {
  readonly applications: readonly { readonly invoiceId: string; readonly amountMinor: bigint }[];
  readonly creditMinor: bigint;
}

/** A payment on the wire. `digest` is what an approval of it must carry. */
export const shownPayment = (payment: ShownPayment, use: PaymentUse) => {
  const { currency } = payment;
  const text = (minor: bigint): string => moneyText(money(minor, currency));
  return {
    payment_id: payment.paymentId,
    tenant_id: payment.tenantId,
    invoice_id: payment.invoiceId,
    method: payment.method,
    provider: payment.provider,
    provider_ref: payment.providerRef,
    currency,
    amount: text(payment.amountMinor),
    amount_usd: usdNumber(payment.amountUsd),
    amount_usd_exact: payment.amountUsd,
    status: payment.status,
    received_on: payment.receivedOn,
    recorded_by: payment.recordedBy,
    approval_id: payment.approvalId,
    digest: paymentDigest(payment),
    failure_reason: payment.failureReason,
    applied: use.applications.map((row) => ({ invoice_id: row.invoiceId, amount: text(row.amountMinor) })),
    credit: text(use.creditMinor),
    created_at: payment.createdAt.toISOString(),
    confirmed_at: payment.confirmedAt?.toISOString() ?? null,
  };
};
