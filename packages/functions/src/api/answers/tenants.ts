import { z } from "zod";
import { day, instant, pageOf } from "./fields.ts";

const status = z.enum(["active", "suspended", "closed"]);

export const tenant = z.looseObject({
  tenant_id: z.string(),
  tenant_name: z.string(),
  status,
  current_plan: z.string().nullable(),
  seats: z.number(),
  revision: z.number(),
  created_at: instant,
});
export const tenantList = pageOf("tenants", tenant);

export const createdTenant = z.looseObject({
  tenant_id: z.string(),
  tenant_name: z.string(),
  status,
  plan_binding: z.object({ plan_code: z.string(), period_start: day, period_end: day, seats: z.number() }).optional(),
});

export const planBinding = z.looseObject({
  binding_id: z.string(),
  plan_code: z.string(),
  period_start: day,
  period_end: day,
  proration_factor: z.number(),
  seats: z.number(),
});

export const seats = z.looseObject({ seats: z.number(), effective_from: day });
export const seatUse = z.looseObject({
  active_users: z.number(),
  seats: z.number(),
  utilization: z.number().nullable(),
});
