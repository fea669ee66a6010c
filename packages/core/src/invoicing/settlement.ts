import { type InvoiceId, precondition } from "../kernel/index.ts";
import { type InvoiceStatus, isIssued, paymentStatus } from "./invoice.ts";

/** What decides how money settles an invoice. Amounts in minor units of the invoice's currency. */
export interface Settleable {
  readonly invoiceId: InvoiceId;
  readonly status: InvoiceStatus;
  readonly totalMinor: bigint;
  readonly paidMinor: bigint;
}

/** Whether money that comes in is still owed on it: a cancelled, written-off or paid invoice owes nothing. */
export const isCollectable = (status: InvoiceStatus): boolean =>
  status === "issued" || status === "partially_paid" || status === "disputed";

/** What is still to be paid: the total less what was paid; nothing on an invoice that is not collectable, never below zero. */
export const openMinor = (invoice: Settleable): bigint => {
  const left = invoice.totalMinor - invoice.paidMinor;
  return isCollectable(invoice.status) && left > 0n ? left : 0n;
};

export interface Settlement {
  /** What of the money the invoice takes. */
  readonly appliedMinor: bigint;
  /** What is left of the money for the tenant's credit balance. */
  readonly restMinor: bigint;
  readonly paidMinor: bigint;
  readonly openMinor: bigint;
  readonly status: InvoiceStatus;
}

/**
 * Settles an invoice with money that was received: it takes at most what is open, and is paid when exactly nothing is. A dispute
 * ends with the last payment only. Throws a precondition Problem for an invoice that was not issued.
 */
export const settle = (invoice: Settleable, receivedMinor: bigint): Settlement => {
  if (!isIssued(invoice.status))
    throw precondition(
      `invoice ${invoice.invoiceId} is ${invoice.status}: only an issued invoice can be paid. Issue it first, or name another invoice.`,
    );
  const open = openMinor(invoice);
  const appliedMinor = receivedMinor < open ? receivedMinor : open;
  const paidMinor = invoice.paidMinor + appliedMinor;
  const reached = paymentStatus(invoice.totalMinor, paidMinor);
  const stays = !isCollectable(invoice.status) || (invoice.status === "disputed" && reached !== "paid");
  return {
    appliedMinor,
    restMinor: receivedMinor - appliedMinor,
    paidMinor,
    openMinor: open - appliedMinor,
    status: stays ? invoice.status : reached,
  };
};
