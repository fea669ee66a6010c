import { and, asc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";
import { invoiceDetail, invoiceHeader } from "./invoicing.sql.ts";

/** Issued, and not taken back by a full credit note. */
const FROZEN = ["issued", "partially_paid", "paid", "disputed", "uncollectible"] as const;

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
    })
    .from(invoiceHeader)
    .where(frozenIn(period))
    .orderBy(asc(invoiceHeader.invoiceId));
export type FrozenInvoice = Awaited<ReturnType<typeof frozenInvoices>>[number];

const references = z.object({ allocation_ids: z.array(z.string().regex(/^\d{1,19}$/)).default([]) });

/** Lines of those invoices; `allocationIds` are the rows of the allocation whose cost a line carries, all or in part. */
export const frozenLines = async (tx: Tx, period: Period) => {
  const rows = await tx
    .select({
      invoiceId: invoiceDetail.invoiceId,
      tenantId: invoiceDetail.tenantId,
      lineNo: invoiceDetail.lineNo,
      lineType: invoiceDetail.lineType,
      amountUsd: invoiceDetail.amountUsd,
      amountMinor: invoiceDetail.amountMinor,
      discountMinor: invoiceDetail.discountMinor,
      costUsd: invoiceDetail.costUsd,
      referenceIds: invoiceDetail.referenceIds,
    })
    .from(invoiceDetail)
    .innerJoin(invoiceHeader, eq(invoiceHeader.invoiceId, invoiceDetail.invoiceId))
    .where(frozenIn(period))
    .orderBy(asc(invoiceDetail.invoiceId), asc(invoiceDetail.lineNo));
  return rows.map(({ referenceIds, ...line }) => ({
    ...line,
    allocationIds: (references.safeParse(referenceIds).data?.allocation_ids ?? []).map(BigInt),
  }));
};
export type FrozenLine = Awaited<ReturnType<typeof frozenLines>>[number];
