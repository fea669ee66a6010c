import { digestOf } from "../kernel/index.ts";
import type { AllocationInput } from "./plan.ts";

/** What a run is told by, beside its deliveries. */
export interface InputDigests {
  readonly rulesDigest: string;
  readonly usageDigest: string;
  readonly tenantsDigest: string;
}

/** The digests of a run's rules, usage and tenants: `sha256:<hex>` of their canonical JSON. */
export const inputDigests = (input: Omit<AllocationInput, "costs">): InputDigests => {
  const { rules, policy, usage, previousUsage, tenants } = input;
  return {
    rulesDigest: digestOf({ rules, policy }),
    usageDigest: digestOf(
      [usage, previousUsage].map((rows) => rows.map((row) => [row.tenantId, row.metricCode, row.value])),
    ),
    tenantsDigest: digestOf(tenants.map((tenant) => [tenant.tenantId, tenant.status, tenant.isSynthetic])),
  };
};
