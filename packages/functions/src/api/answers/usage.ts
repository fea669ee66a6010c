import { z } from "zod";
import { day, decimal, pageOf } from "./fields.ts";

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
