import { and, eq } from "drizzle-orm";
import { type InvoiceId, missing, precondition } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { checkMove } from "./invoice.ts";
import { invoiceHeader } from "./invoicing.sql.ts";
import { type Settleable, type Settlement, settle } from "./settlement.ts";

const PAYABLE = {
  invoiceId: invoiceHeader.invoiceId,
  tenantId: invoiceHeader.tenantId,
  status: invoiceHeader.status,
  currency: invoiceHeader.currency,
  totalMinor: invoiceHeader.totalMinor,
  paidMinor: invoiceHeader.paidMinor,
  dueDate: invoiceHeader.dueDate,
  documentNumber: invoiceHeader.documentNumber,
  lockVersion: invoiceHeader.lockVersion,
};

const payable = (tx: Tx, invoiceId: InvoiceId) =>
  tx.select(PAYABLE).from(invoiceHeader).where(eq(invoiceHeader.invoiceId, invoiceId));

/** What a payment needs to know of an invoice. */
export type PayableInvoice = Settleable & Awaited<ReturnType<typeof payable>>[number];

/** The payment state of an invoice; throws a missing Problem. */
export const readPayable = async (tx: Tx, invoiceId: InvoiceId): Promise<PayableInvoice> => {
  const [invoice] = await payable(tx, invoiceId);
  if (!invoice) throw missing("invoice", invoiceId);
  return invoice;
};

/**
 * Settles an invoice with money that was received, in the caller's transaction. The invoice is locked until it ends, so that two
 * payments at once settle one after the other. Throws a missing Problem, or a precondition Problem where the invoice was not issued.
 */
export const applyPaid = async (
  tx: Tx,
  paid: { readonly invoiceId: InvoiceId; readonly amountMinor: bigint; readonly now: Date },
): Promise<Settlement> => {
  const [invoice] = await payable(tx, paid.invoiceId).for("update");
  if (!invoice) throw missing("invoice", paid.invoiceId);
  const settlement = settle(invoice, paid.amountMinor);
  if (settlement.appliedMinor === 0n) return settlement;
  const { status, paidMinor } = settlement;
  if (status !== invoice.status) checkMove(invoice.invoiceId, invoice.status, status);
  const changed = await tx
    .update(invoiceHeader)
    .set({
      status,
      paidMinor,
      ...(status === "paid" ? { paidAt: paid.now } : {}),
      updatedAt: paid.now,
      lockVersion: invoice.lockVersion + 1,
    })
    .where(and(eq(invoiceHeader.invoiceId, paid.invoiceId), eq(invoiceHeader.lockVersion, invoice.lockVersion)))
    .returning({ invoiceId: invoiceHeader.invoiceId });
  if (changed.length !== 1)
    throw precondition(`invoice ${paid.invoiceId} was changed at the same time. Look at it again, then repeat.`);
  return settlement;
};
