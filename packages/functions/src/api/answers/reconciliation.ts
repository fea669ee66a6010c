import { z } from "zod";
import { pageOf, usd } from "./fields.ts";

export const summary = z.looseObject({
  period: z.string(),
  aws_total_usd: usd,
  allocated_total_usd: usd,
  operator_overhead_usd: usd,
  invoiced_total_usd: usd,
  variance_usd: usd,
  variance_pct: z.number().nullable(),
  status: z.string(),
});

export const exceptionList = pageOf(
  "exceptions",
  z.looseObject({
    exception_id: z.string(),
    tenant_id: z.string().nullable(),
    category: z.string(),
    description: z.string(),
    variance_pct: z.number().nullable(),
    status: z.string(),
  }),
);
