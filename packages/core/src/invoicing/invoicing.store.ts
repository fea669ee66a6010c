import { and, asc, count, desc, eq, gt, gte, inArray, lt, lte, notInArray, type SQL } from "drizzle-orm";
import { type InvoiceId, missing, Problem, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Day, Period } from "../time/index.ts";
import type { InvoiceKind, InvoiceStatus } from "./invoice.ts";
import { invoiceDetail, invoiceHeader, invoiceTax } from "./invoicing.sql.ts";

export type Invoice = typeof invoiceHeader.$inferSelect;
export type InvoiceLine = typeof invoiceDetail.$inferSelect;

const GONE = ["cancelled", "discarded"] as const;
/** What a tenant may see: an invoice that was issued. */
const UNISSUED = ["draft", "pending_approval", "approved", "discarded"] as const;

export const findInvoice = async (tx: Tx, invoiceId: InvoiceId): Promise<Invoice | undefined> =>
  (await tx.select().from(invoiceHeader).where(eq(invoiceHeader.invoiceId, invoiceId)))[0];

/** The invoice; throws a missing Problem. */
export const readInvoice = async (tx: Tx, invoiceId: InvoiceId): Promise<Invoice> => {
  const found = await findInvoice(tx, invoiceId);
  if (!found) throw missing("invoice", invoiceId);
  return found;
};

const ofPeriod = (of: {
  readonly period: Period;
  readonly kind: InvoiceKind;
  readonly tenantIds?: readonly TenantId[] | undefined;
}) =>
  and(
    eq(invoiceHeader.periodStart, of.period.start),
    eq(invoiceHeader.periodEnd, of.period.end),
    eq(invoiceHeader.kind, of.kind),
    of.tenantIds === undefined ? undefined : inArray(invoiceHeader.tenantId, [...of.tenantIds]),
  );

/** The live invoices of a period and kind: at most one a tenant. */
export const liveInvoices = (tx: Tx, of: Parameters<typeof ofPeriod>[0]): Promise<Invoice[]> =>
  tx
    .select()
    .from(invoiceHeader)
    .where(and(ofPeriod(of), notInArray(invoiceHeader.status, [...GONE])));

/** The live invoices of a period that are drafted from what a tenant owes: the regular ones, and corrections for who has none. */
export const liveDraftable = async (tx: Tx, of: Omit<Parameters<typeof ofPeriod>[0], "kind">): Promise<Invoice[]> => [
  ...(await liveInvoices(tx, { ...of, kind: "regular" })),
  ...(await liveInvoices(tx, { ...of, kind: "adjustment" })),
];

/** How many invoices each tenant had for a period and kind, gone ones included. */
export const invoiceCounts = async (
  tx: Tx,
  of: Parameters<typeof ofPeriod>[0],
): Promise<ReadonlyMap<TenantId, number>> => {
  const rows = await tx
    .select({ tenantId: invoiceHeader.tenantId, count: count() })
    .from(invoiceHeader)
    .where(ofPeriod(of))
    .groupBy(invoiceHeader.tenantId);
  return new Map(rows.map((row) => [row.tenantId, row.count]));
};

/**
 * Changes an invoice if nobody changed it since it was read. Throws a transient Problem otherwise: a
 * repeat finds what the other call did.
 */
export const changeInvoice = async (
  tx: Tx,
  read: Pick<Invoice, "invoiceId" | "lockVersion">,
  change: Partial<Omit<Invoice, "invoiceId" | "lockVersion">> & { readonly updatedAt: Date },
): Promise<Invoice> => {
  const [changed] = await tx
    .update(invoiceHeader)
    .set({ ...change, lockVersion: read.lockVersion + 1 })
    .where(and(eq(invoiceHeader.invoiceId, read.invoiceId), eq(invoiceHeader.lockVersion, read.lockVersion)))
    .returning();
  if (!changed)
    throw new Problem("transient", "INTERNAL", `invoice ${read.invoiceId} was changed at the same time; try again`);
  return changed;
};

/** Adds an invoice; undefined where one of the same tenant, period and kind is live. */
export const insertInvoice = async (tx: Tx, invoice: typeof invoiceHeader.$inferInsert): Promise<Invoice | undefined> =>
  (await tx.insert(invoiceHeader).values(invoice).onConflictDoNothing().returning())[0];

/** Removes lines and taxes of an invoice that is not issued; the database refuses it on an issued one. */
export const deleteRows = async (tx: Tx, invoiceId: InvoiceId): Promise<void> => {
  await tx.delete(invoiceDetail).where(eq(invoiceDetail.invoiceId, invoiceId));
  await tx.delete(invoiceTax).where(eq(invoiceTax.invoiceId, invoiceId));
};

/** Adds lines and taxes. */
export const insertRows = async (
  tx: Tx,
  rows: {
    readonly lines: readonly (typeof invoiceDetail.$inferInsert)[];
    readonly taxes: readonly (typeof invoiceTax.$inferInsert)[];
  },
): Promise<void> => {
  if (rows.lines.length > 0) await tx.insert(invoiceDetail).values([...rows.lines]);
  if (rows.taxes.length > 0) await tx.insert(invoiceTax).values([...rows.taxes]);
};

export interface InvoiceFilter {
  readonly tenantId?: TenantId | undefined;
  readonly statuses?: readonly InvoiceStatus[] | undefined;
  /** Periods that start on or after, and end on or before. */
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  readonly issuedOnly: boolean;
  readonly after?: string | undefined;
  readonly limit: number;
}

const when = <T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined =>
  value === undefined ? undefined : condition(value);

/** Invoices, newest period first. */
export const selectInvoices = (tx: Tx, filter: InvoiceFilter): Promise<Invoice[]> =>
  tx
    .select()
    .from(invoiceHeader)
    .where(
      and(
        when(filter.tenantId, (tenantId) => eq(invoiceHeader.tenantId, tenantId)),
        when(filter.statuses, (statuses) => inArray(invoiceHeader.status, [...statuses])),
        when(filter.from, (from) => gte(invoiceHeader.periodStart, from)),
        when(filter.to, (to) => lte(invoiceHeader.periodEnd, to)),
        filter.issuedOnly ? notInArray(invoiceHeader.status, [...UNISSUED]) : undefined,
        when(filter.after, (after) => lt(invoiceHeader.invoiceId, after as InvoiceId)),
      ),
    )
    .orderBy(desc(invoiceHeader.invoiceId))
    .limit(filter.limit);

/** Lines in their order, those after a line number. */
export const selectLines = (
  tx: Tx,
  invoiceId: InvoiceId,
  page: { readonly after?: number | undefined; readonly limit?: number | undefined } = {},
): Promise<InvoiceLine[]> => {
  const query = tx
    .select()
    .from(invoiceDetail)
    .where(
      and(
        eq(invoiceDetail.invoiceId, invoiceId),
        when(page.after, (after) => gt(invoiceDetail.lineNo, after)),
      ),
    )
    .orderBy(asc(invoiceDetail.lineNo))
    .$dynamic();
  return page.limit === undefined ? query : query.limit(page.limit);
};

export const selectTaxes = (tx: Tx, invoiceId: InvoiceId) =>
  tx.select().from(invoiceTax).where(eq(invoiceTax.invoiceId, invoiceId)).orderBy(asc(invoiceTax.taxNo));
