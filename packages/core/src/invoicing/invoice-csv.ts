import { csvText } from "../kernel/index.ts";
import type { DraftDocument } from "./draft-document.ts";

const HEADER = [
  "invoice_id",
  "number",
  "tenant_id",
  "period_start",
  "period_end",
  "line_no",
  "line_type",
  "sku_code",
  "metric_code",
  "title",
  "quantity",
  "unit",
  "unit_price",
  "amount",
  "discount",
  "currency",
  "service_start",
  "service_end",
] as const;

/** An invoice as CSV: its lines, then its taxes and its total, one record each. */
export const invoiceCsv = (document: DraftDocument, invoiceId: string, number: string | null): string => {
  const about = [invoiceId, number, document.tenant_id, document.period.start, document.period.end];
  const sum = (lineType: string, title: string, amount: string) => [
    ...about,
    null,
    lineType,
    null,
    null,
    title,
    null,
    null,
    null,
    amount,
    null,
    document.currency,
    document.period.start,
    document.period.end,
  ];
  const lines = document.lines.map((line) => [
    ...about,
    line.line_no,
    line.line_type,
    line.sku_code,
    line.metric_code,
    line.title,
    line.quantity,
    line.unit,
    line.unit_price,
    line.amount,
    line.discount,
    document.currency,
    line.service.start,
    line.service.end,
  ]);
  const taxes = document.taxes.map((tax) => sum("tax", `${tax.name} ${tax.rate_percent} %`, tax.amount));
  return csvText(HEADER, [...lines, ...taxes, sum("total", "Total", document.total)]);
};
