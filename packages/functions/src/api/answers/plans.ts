import { z } from "zod";
import { day, decimal, pageOf, usd } from "./fields.ts";

export const plan = z.looseObject({
  plan_code: z.string(),
  plan_family: z.string(),
  version: z.string(),
  currency: z.string(),
  base_price_usd: usd,
  base_price_usd_exact: decimal,
  base_seats: z.number(),
  seat_price_usd: usd,
  seat_price_usd_exact: decimal,
  minimum_commitment_usd: usd,
  minimum_commitment_usd_exact: decimal,
  entitlements: z.object({ metrics_caps: z.record(z.string(), z.number()) }),
  effective_from: day,
  effective_to: day.nullable(),
  digest: z.string(),
});
export const planList = pageOf("plans", plan);
