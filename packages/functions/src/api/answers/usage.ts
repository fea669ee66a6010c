import { z } from "zod";
import { day, decimal, instant, pageOf } from "./fields.ts";

export const accepted = z.looseObject({ status: z.string(), ingest_id: z.string() });

export const snapshotList = pageOf(
  "items",
  z.looseObject({
    tenant_id: z.string(),
    metric_code: z.string(),
    metric_value: z.number(),
    metric_value_exact: decimal,
    usage_date: day,
  }),
);

export const usageOfTenant = z.looseObject({
  tenant_id: z.string(),
  period: z.string(),
  period_start: day,
  /** The last day that counts: today, or the end of a month that is over. */
  through: day,
  metrics: z.array(
    z.looseObject({
      metric_code: z.string(),
      unit: z.string(),
      aggregation: z.enum(["sum", "peak", "last"]),
      value: z.number(),
      value_exact: decimal,
      days: z.number(),
      cap_value: z.number().nullable(),
      cap_value_exact: decimal.nullable(),
      utilization: z.number().nullable(),
      threshold: z.string().nullable(),
      quota_events: z.array(z.object({ event: z.string(), raised_at: instant })),
    }),
  ),
});
