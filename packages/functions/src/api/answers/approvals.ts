import { z } from "zod";
import { anything, instant, pageOf } from "./fields.ts";

export const approval = z.looseObject({
  approval_id: z.string(),
  kind: z.string(),
  subject_id: z.string(),
  tenant_id: z.string().nullable(),
  digest: z.string(),
  state: z.enum(["pending", "approved", "rejected", "expired", "superseded"]),
  prepared_by: z.array(z.string()),
  requested_by: z.string(),
  requested_at: instant,
  expires_at: instant,
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  reason: z.string().nullable(),
  summary: anything,
});
export const approvalList = pageOf("approvals", approval);
