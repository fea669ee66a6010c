import { z } from "zod";
import { quantityInput } from "../kernel/index.ts";

/** What may be approved without a person. Where `max_total_usd` is null, nothing is. */
export const approvalPolicySchema = z.object({
  /** The highest total, in US dollars. */
  max_total_usd: quantityInput.nullable().default(null),
  /** How far the total may move against the period before, in percent of it. */
  max_change_percent: quantityInput.default("0"),
});
export type ApprovalPolicy = z.output<typeof approvalPolicySchema>;

export const NOTHING_BY_POLICY: ApprovalPolicy = { max_total_usd: null, max_change_percent: "0" };
