import { and, asc, desc, eq, gte, inArray, lt, lte, or, sql } from "drizzle-orm";
import { type InvoiceId, missing, type PaymentId, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Day } from "../time/index.ts";
import type { PaymentStatus } from "./payment.ts";
import { creditBalance, paymentApplication, paymentTxn } from "./payments.sql.ts";

export type Payment = typeof paymentTxn.$inferSelect;
export type PaymentApplication = typeof paymentApplication.$inferSelect;
export type Credit = typeof creditBalance.$inferSelect;

/** Adds a payment unless its reference is used; answers whether it did. */
export const insertPayment = async (tx: Tx, payment: typeof paymentTxn.$inferInsert): Promise<boolean> => {
  const added = await tx
    .insert(paymentTxn)
    .values(payment)
    .onConflictDoNothing({ target: [paymentTxn.provider, paymentTxn.providerRef] })
    .returning({ paymentId: paymentTxn.paymentId });
  return added.length === 1;
};

/** The payment under a provider's reference, where this actor may see it. */
export const findByReference = async (tx: Tx, provider: string, providerRef: string): Promise<Payment | undefined> => {
  const [row] = await tx
    .select()
    .from(paymentTxn)
    .where(and(eq(paymentTxn.provider, provider), eq(paymentTxn.providerRef, providerRef)));
  return row;
};

/** The payment; throws a missing Problem. */
export const readPayment = async (tx: Tx, paymentId: PaymentId): Promise<Payment> => {
  const [row] = await tx.select().from(paymentTxn).where(eq(paymentTxn.paymentId, paymentId));
  if (!row) throw missing("payment", paymentId);
  return row;
};

/** The payment, locked until the transaction ends; throws a missing Problem. */
export const lockPayment = async (tx: Tx, paymentId: PaymentId): Promise<Payment> => {
  const [row] = await tx.select().from(paymentTxn).where(eq(paymentTxn.paymentId, paymentId)).for("update");
  if (!row) throw missing("payment", paymentId);
  return row;
};

/** Writes what became of a payment that was locked. */
export const saveOutcome = async (
  tx: Tx,
  paymentId: PaymentId,
  outcome: Pick<Payment, "status"> & Partial<Pick<Payment, "confirmedAt" | "failureReason" | "approvalId">>,
): Promise<void> => {
  await tx.update(paymentTxn).set(outcome).where(eq(paymentTxn.paymentId, paymentId));
};

export const insertApplication = async (tx: Tx, row: typeof paymentApplication.$inferInsert): Promise<void> => {
  await tx.insert(paymentApplication).values(row);
};

export const insertCredit = async (tx: Tx, row: typeof creditBalance.$inferInsert): Promise<void> => {
  await tx.insert(creditBalance).values(row);
};

/** The credit that came from a source; undefined where none did. */
export const readCreditOf = async (tx: Tx, of: Pick<Credit, "kind" | "sourceId">): Promise<Credit | undefined> =>
  (
    await tx
      .select()
      .from(creditBalance)
      .where(and(eq(creditBalance.kind, of.kind), eq(creditBalance.sourceId, of.sourceId)))
  )[0];

export interface PaymentFilter {
  readonly tenantId?: TenantId | undefined;
  readonly invoiceId?: InvoiceId | undefined;
  readonly status?: PaymentStatus | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  /** The last payment of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** Payments, newest first; with an invoice, those recorded for it and those applied to it. */
export const selectPayments = (tx: Tx, filter: PaymentFilter): Promise<Payment[]> => {
  const { invoiceId } = filter;
  const applied = tx
    .select({ paymentId: paymentApplication.paymentId })
    .from(paymentApplication)
    .where(invoiceId === undefined ? sql`false` : eq(paymentApplication.invoiceId, invoiceId));
  const query = tx
    .select()
    .from(paymentTxn)
    .where(
      and(
        filter.tenantId === undefined ? undefined : eq(paymentTxn.tenantId, filter.tenantId),
        invoiceId === undefined
          ? undefined
          : or(eq(paymentTxn.invoiceId, invoiceId), inArray(paymentTxn.paymentId, applied)),
        filter.status === undefined ? undefined : eq(paymentTxn.status, filter.status),
        filter.from === undefined ? undefined : gte(paymentTxn.receivedOn, filter.from),
        filter.to === undefined ? undefined : lte(paymentTxn.receivedOn, filter.to),
        filter.after === undefined ? undefined : lt(paymentTxn.paymentId, filter.after as PaymentId),
      ),
    )
    .orderBy(desc(paymentTxn.paymentId))
    .$dynamic();
  return filter.limit === undefined ? query : query.limit(filter.limit);
};

/** What of some payments settled which invoice. */
export const readApplications = async (tx: Tx, paymentIds: readonly PaymentId[]): Promise<PaymentApplication[]> =>
  paymentIds.length === 0
    ? []
    : tx
        .select()
        .from(paymentApplication)
        .where(inArray(paymentApplication.paymentId, [...paymentIds]))
        .orderBy(asc(paymentApplication.id));

/** What of some payments became credit balance. */
export const readCredits = async (tx: Tx, paymentIds: readonly PaymentId[]): Promise<Credit[]> =>
  paymentIds.length === 0
    ? []
    : tx
        .select()
        .from(creditBalance)
        .where(and(eq(creditBalance.kind, "overpayment"), inArray(creditBalance.sourceId, [...paymentIds])));

/** What payments settled of each invoice, in minor units of its currency; for comparing with what the invoice says. */
export const receivedByInvoice = async (
  tx: Tx,
  invoiceIds: readonly InvoiceId[],
): Promise<ReadonlyMap<InvoiceId, bigint>> => {
  if (invoiceIds.length === 0) return new Map();
  const rows = await tx
    .select({
      invoiceId: paymentApplication.invoiceId,
      received: sql<string>`sum(${paymentApplication.amountMinor})::text`,
    })
    .from(paymentApplication)
    .where(inArray(paymentApplication.invoiceId, [...invoiceIds]))
    .groupBy(paymentApplication.invoiceId);
  return new Map(rows.map((row) => [row.invoiceId, BigInt(row.received)]));
};
