import { z } from "zod";
import { day, decimal, instant, pageOf, usd } from "./fields.ts";

export const payment = z.looseObject({
  payment_id: z.string(),
  tenant_id: z.string(),
  invoice_id: z.string().nullable(),
  method: z.string(),
  provider: z.string(),
  provider_ref: z.string(),
  currency: z.string(),
  amount: decimal,
  amount_usd: usd,
  status: z.string(),
  received_on: day,
  approval_id: z.string().nullable(),
  digest: z.string(),
  created_at: instant,
});
export const paymentList = pageOf("payments", payment);

export const paymentsOfInvoice = z.looseObject({
  invoice_id: z.string(),
  status: z.string(),
  currency: z.string(),
  total: decimal,
  paid: decimal,
  open: decimal,
  payments: z.array(payment),
});
