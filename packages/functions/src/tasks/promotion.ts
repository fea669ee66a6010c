import {
  dropPromotion,
  promoteRules,
  rehearseProposal,
  requestPromotionApproval,
  validateProposal,
} from "@commops/core/promotion";
import { z } from "zod";
import { task } from "./task.ts";

const about = validateProposal.input;
const state = z.object({ promotion_id: z.string(), state: z.string() });

export const promotionTasks = {
  "validate-rule": task(about, z.object({ is_valid: z.boolean(), reasons: z.array(z.string()) }), ({ call }, input) =>
    validateProposal.run(call, input),
  ),
  "shadow-rule": task(
    about,
    z.object({
      periods: z.array(z.string()),
      tenants: z.int(),
      digest: z.string(),
      is_within_limits: z.boolean(),
      reasons: z.array(z.string()),
    }),
    ({ call }, input) => rehearseProposal.run(call, input),
  ),
  "request-rule-approval": task(
    requestPromotionApproval.input,
    z.object({ approval_id: z.string().nullable() }),
    ({ call }, input) => requestPromotionApproval.run(call, input),
  ),
  "promote-rule": task(about, state, ({ call }, input) => promoteRules.run(call, input)),
  "reject-rule": task(dropPromotion.input, state, ({ call }, input) => dropPromotion.run(call, input)),
} as const;
