import { and, asc, gt, gte, inArray, lte, ne, sql } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";
import { invoiceHeader } from "./invoicing.sql.ts";

/** Invoices of cycles that begin in a period, by status; discarded drafts are gone. `usd` is decimal text. */
export const statusTotals = (tx: Tx, period: Period) =>
  tx
    .select({
      status: invoiceHeader.status,
      count: sql<number>`count(*)`.mapWith(Number),
      usd: sql<string>`sum(${invoiceHeader.totalUsd})::text`,
      oldest: sql<Date>`min(${invoiceHeader.updatedAt})`.mapWith(invoiceHeader.updatedAt),
      newest: sql<Date>`max(${invoiceHeader.updatedAt})`.mapWith(invoiceHeader.updatedAt),
    })
    .from(invoiceHeader)
    .where(
      and(
        gte(invoiceHeader.periodStart, period.start),
        lte(invoiceHeader.periodStart, period.end),
        ne(invoiceHeader.status, "discarded"),
      ),
    )
    .groupBy(invoiceHeader.status)
    .orderBy(asc(invoiceHeader.status));
export type StatusTotal = Awaited<ReturnType<typeof statusTotals>>[number];

/** Issued invoices of any period on which something is still owed. */
export const openInvoices = (tx: Tx) =>
  tx
    .select({
      invoiceId: invoiceHeader.invoiceId,
      tenantId: invoiceHeader.tenantId,
      currency: invoiceHeader.currency,
      dueDate: invoiceHeader.dueDate,
      totalMinor: invoiceHeader.totalMinor,
      paidMinor: invoiceHeader.paidMinor,
      totalUsd: invoiceHeader.totalUsd,
    })
    .from(invoiceHeader)
    .where(
      and(
        inArray(invoiceHeader.status, ["issued", "partially_paid", "disputed"]),
        gt(invoiceHeader.totalMinor, invoiceHeader.paidMinor),
      ),
    )
    .orderBy(asc(invoiceHeader.dueDate), asc(invoiceHeader.invoiceId));
export type OpenInvoice = Awaited<ReturnType<typeof openInvoices>>[number];
