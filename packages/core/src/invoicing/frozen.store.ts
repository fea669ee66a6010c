import { and, asc, eq, gte, inArray, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { InvoiceId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";
import { FROZEN } from "./invoice.ts";
import { invoiceDetail, invoiceHeader } from "./invoicing.sql.ts";

const frozenIn = (period: Period) =>
  and(
    gte(invoiceHeader.periodStart, period.start),
    lte(invoiceHeader.periodStart, period.end),
    inArray(invoiceHeader.status, [...FROZEN]),
  );

/** Invoices of cycles that begin in a period, as far as later rooms add them up. */
export const frozenInvoices = (tx: Tx, period: Period) =>
  tx
    .select({
      invoiceId: invoiceHeader.invoiceId,
      tenantId: invoiceHeader.tenantId,
      kind: invoiceHeader.kind,
      status: invoiceHeader.status,
      currency: invoiceHeader.currency,
      subtotalMinor: invoiceHeader.subtotalMinor,
      /** Whether the prices of its lines contain the tax. */
      isTaxInclusive: sql<boolean>`${invoiceHeader.grossMinor} - ${invoiceHeader.discountMinor} <> ${invoiceHeader.subtotalMinor}`,
      totalMinor: invoiceHeader.totalMinor,
      paidMinor: invoiceHeader.paidMinor,
      subtotalUsd: invoiceHeader.subtotalUsd,
      totalUsd: invoiceHeader.totalUsd,
      dueDate: invoiceHeader.dueDate,
      issuedAt: invoiceHeader.issuedAt,
    })
    .from(invoiceHeader)
    .where(frozenIn(period))
    .orderBy(asc(invoiceHeader.invoiceId));
export type FrozenInvoice = Awaited<ReturnType<typeof frozenInvoices>>[number];

const references = z.object({ allocation_ids: z.array(z.string().regex(/^\d{1,19}$/)).default([]) });

/** Corrections of invoices of a period, on whatever invoice they stand. */
const correcting = (tx: Tx, period: Period) => {
  const corrected = tx.select({ invoiceId: invoiceHeader.invoiceId }).from(invoiceHeader).where(frozenIn(period));
  return and(
    inArray(invoiceHeader.status, [...FROZEN]),
    isNotNull(invoiceDetail.adjustsInvoiceId),
    inArray(invoiceDetail.adjustsInvoiceId, corrected),
  );
};

/**
 * Lines of those invoices and corrections of them on later ones, without the corrections that they bring of earlier ones: what a period
 * was charged, wherever it was. `allocationIds` are the rows of the allocation whose cost a line carries, all or in part.
 */
export const frozenLines = async (tx: Tx, period: Period) => {
  const rows = await tx
    .select({
      invoiceId: sql<InvoiceId>`coalesce(${invoiceDetail.adjustsInvoiceId}, ${invoiceDetail.invoiceId})`,
      tenantId: invoiceDetail.tenantId,
      lineNo: invoiceDetail.lineNo,
      /** Of a correction: the invoice that bills it, and the line that it corrects (null where there was none). */
      billedOn: invoiceDetail.invoiceId,
      isCorrection: sql<boolean>`${invoiceDetail.adjustsInvoiceId} is not null`,
      correctsLineNo: invoiceDetail.adjustsLineNo,
      lineType: invoiceDetail.lineType,
      metricCode: invoiceDetail.metricCode,
      amountUsd: invoiceDetail.amountUsd,
      amountMinor: invoiceDetail.amountMinor,
      discountMinor: invoiceDetail.discountMinor,
      costUsd: invoiceDetail.costUsd,
      referenceIds: invoiceDetail.referenceIds,
    })
    .from(invoiceDetail)
    .innerJoin(invoiceHeader, eq(invoiceHeader.invoiceId, invoiceDetail.invoiceId))
    .where(or(and(frozenIn(period), isNull(invoiceDetail.adjustsInvoiceId)), correcting(tx, period)))
    .orderBy(asc(invoiceDetail.invoiceId), asc(invoiceDetail.lineNo));
  return rows.map(({ referenceIds, ...line }) => ({
    ...line,
    allocationIds: (references.safeParse(referenceIds).data?.allocation_ids ?? []).map(BigInt),
  }));
};

/** What corrections of earlier periods come to on the invoices of a period, by invoice; decimal text in US dollars. */
export const correctionsOn = async (tx: Tx, period: Period): Promise<ReadonlyMap<InvoiceId, string>> => {
  const rows = await tx
    .select({ invoiceId: invoiceDetail.invoiceId, amount: sql<string>`sum(${invoiceDetail.amountUsd})::text` })
    .from(invoiceDetail)
    .innerJoin(invoiceHeader, eq(invoiceHeader.invoiceId, invoiceDetail.invoiceId))
    .where(and(frozenIn(period), isNotNull(invoiceDetail.adjustsInvoiceId)))
    .groupBy(invoiceDetail.invoiceId);
  return new Map(rows.map((row) => [row.invoiceId, row.amount]));
};
export type FrozenLine = Awaited<ReturnType<typeof frozenLines>>[number];
