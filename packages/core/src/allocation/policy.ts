import { z } from "zod";

/**
 * Where the lines go that no tag and no usage decides. Tax has no choice here: AWS's tax is never a tenant's tax.
 * `spread` shares the lines over what the same product cost each tenant and the operator.
 */
export const allocationPolicySchema = z.object({
  credits: z.enum(["operator", "spread"]).default("operator"),
  refunds: z.enum(["operator", "spread"]).default("operator"),
  discounts: z.enum(["operator", "spread"]).default("operator"),
  /** Support and subscription fees; `rules` lets the allocation rules take them. */
  fees: z.enum(["operator", "rules"]).default("operator"),
  /** What a savings plan's recurring fee leaves unused. */
  unused_commitment: z.enum(["operator", "rules"]).default("operator"),
});
export type AllocationPolicy = z.output<typeof allocationPolicySchema>;

/** Everything that policy decides stays with the operator. */
export const DEFAULT_ALLOCATION_POLICY: AllocationPolicy = allocationPolicySchema.parse({});
