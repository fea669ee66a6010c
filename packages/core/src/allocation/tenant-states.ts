import { type Binding, segmentsIn } from "../tenants/index.ts";
import type { Period } from "../time/index.ts";
import type { TenantState } from "./plan.ts";

/** Tenants as a period sees them: one that is closed by now bears its cost of the periods in which it still had a plan. */
export const statesIn = (
  period: Period,
  states: readonly TenantState[],
  bindings: readonly Binding[],
): readonly TenantState[] => {
  const byTenant = Map.groupBy(bindings, (binding) => binding.tenantId);
  return states.map((tenant) => {
    const isHere = segmentsIn(byTenant.get(tenant.tenantId) ?? [], period).length > 0;
    return tenant.status === "closed" && isHere ? { ...tenant, status: "active" } : tenant;
  });
};
