import type { InvoiceId, TenantId } from "../kernel/index.ts";
import { type Currency, exact, parseMoney, subtract, sumExact, toText } from "../money/index.ts";
import type { DraftDocument } from "./draft-document.ts";

const minorOf = (text: string, currency: Currency): bigint => parseMoney(text, currency).minor;

/** The amounts of a document as the header's columns hold them; in USD, the `_usd` columns are the amounts themselves. */
export const headerAmounts = (document: DraftDocument) => {
  const { currency } = document;
  return {
    currency,
    grossMinor: minorOf(document.gross, currency),
    discountMinor: minorOf(document.discount, currency),
    subtotalMinor: minorOf(document.subtotal, currency),
    taxMinor: minorOf(document.tax, currency),
    totalMinor: minorOf(document.total, currency),
    subtotalUsd: document.subtotal,
    taxUsd: document.tax,
    totalUsd: document.total,
  };
};

/** The lines of a document as rows. */
export const detailRows = (document: DraftDocument, invoiceId: InvoiceId, tenantId: TenantId) =>
  document.lines.map((line) => ({
    invoiceId,
    tenantId,
    lineNo: line.line_no,
    lineType: line.line_type,
    skuCode: line.sku_code,
    metricCode: line.metric_code,
    title: line.title,
    quantity: line.quantity,
    unit: line.unit,
    unitPriceUsd: line.unit_price,
    amountUsd: line.amount,
    amountMinor: minorOf(line.amount, document.currency),
    amountExact: line.amount_exact,
    discountMinor: minorOf(line.discount, document.currency),
    costUsd: line.cost,
    steps: line.steps,
    referenceIds: {
      allocation_ids: line.allocation_ids,
      ...(line.adjusts
        ? { adjusts: { invoice_id: line.adjusts.invoice_id, restatement_id: line.adjusts.restatement_id } }
        : {}),
    },
    adjustsInvoiceId: line.adjusts?.invoice_id ?? null,
    adjustsLineNo: line.adjusts?.line.line_no ?? null,
    serviceStart: line.service.start,
    serviceEnd: line.service.end,
    notes: null,
  }));

/** The taxes of a document as rows. */
export const taxRows = (document: DraftDocument, invoiceId: InvoiceId, tenantId: TenantId) =>
  document.taxes.map((tax, index) => ({
    invoiceId,
    tenantId,
    taxNo: index + 1,
    name: tax.name,
    jurisdiction: tax.jurisdiction ?? "",
    category: tax.category,
    ratePercent: tax.rate_percent,
    baseMinor: minorOf(tax.base, document.currency),
    taxMinor: minorOf(tax.amount, document.currency),
  }));

/** Allocated cost that the lines carry, and what is left of the subtotal over it; decimal text in USD. */
export const marginOf = (document: DraftDocument): { readonly cost: string; readonly margin: string } => {
  const cost = sumExact(document.lines.map((line) => exact(line.cost)));
  return { cost: toText(cost), margin: toText(subtract(exact(document.subtotal), cost)) };
};
