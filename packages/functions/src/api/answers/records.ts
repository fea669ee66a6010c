import { z } from "zod";
import { anything, instant, pageOf } from "./fields.ts";

export const auditList = pageOf(
  "events",
  z.looseObject({
    event_id: z.string(),
    occurred_at: instant,
    actor_type: z.string(),
    actor_id: z.string(),
    tenant_id: z.string().nullable(),
    action: z.string(),
    object_type: z.string(),
    object_id: z.string(),
    trace_id: z.string(),
    metadata: anything,
  }),
);

export const auditVerdict = z.looseObject({
  ok: z.boolean(),
  checked: z.number(),
  unsealed: z.number(),
  first_bad: z.object({ position: z.string(), reason: z.string() }).nullable(),
});

export const run = z.looseObject({
  run_id: z.string(),
  kind: z.string(),
  tenant_id: z.string().nullable(),
  status: z.enum(["running", "succeeded", "failed"]),
  invoice_id: z.string().nullable(),
  result: anything,
  error: anything,
  created_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
});
export const runList = pageOf("runs", run);
