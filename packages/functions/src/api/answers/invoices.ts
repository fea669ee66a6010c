import { z } from "zod";
import { day, decimal, instant, pageOf, usd } from "./fields.ts";

export const invoice = z.looseObject({
  invoice_id: z.string(),
  tenant_id: z.string(),
  kind: z.string(),
  period_start: day,
  period_end: day,
  status: z.string(),
  currency: z.string(),
  subtotal_usd: usd,
  tax_usd: usd,
  total_usd: usd,
  total_usd_exact: decimal,
  paid_usd: usd,
  open_usd: usd,
  number: z.string().nullable(),
  digest: z.string(),
  due_date: day.nullable(),
  issued_at: instant.nullable(),
  paid_at: instant.nullable(),
});
export const invoiceList = pageOf("invoices", invoice);

export const lineList = pageOf(
  "lines",
  z.looseObject({
    line_id: z.string(),
    line_type: z.string(),
    metric_code: z.string().nullable(),
    quantity: z.number(),
    unit: z.string().nullable(),
    unit_price_usd: usd.nullable(),
    amount_usd: usd,
  }),
);

export const submitted = z.looseObject({
  invoice_id: z.string(),
  status: z.string(),
  digest: z.string(),
  approval_id: z.string(),
});

export const approvedMany = z.object({
  items: z.array(
    z.looseObject({
      invoice_id: z.string(),
      outcome: z.enum(["issued", "refused"]),
      status: z.string().nullable(),
      number: z.string().nullable(),
      code: z.string().nullable(),
      message: z.string().nullable(),
    }),
  ),
});

export const sentBack = z.looseObject({ invoice_id: z.string(), status: z.string(), reason: z.string() });
export const discarded = z.looseObject({ invoice_id: z.string(), status: z.string() });
