import type { TenantId } from "../kernel/index.ts";
import { add, divide, type Exact, exact, isPositive, multiply, subtract, sumExact, ZERO } from "../money/index.ts";
import type { Figures, Reconciliation } from "../reconciliation/index.ts";

/** Part of a base in percent; null where the base is 0 or negative. */
export const shareOf = (part: Exact, base: Exact): Exact | null =>
  isPositive(base) ? multiply(divide(part, base), exact("100")) : null;

export interface TenantResult {
  readonly tenantId: TenantId;
  readonly revenue: Exact;
  readonly cost: Exact;
  readonly margin: Exact;
  readonly marginPct: Exact | null;
}

/** What each tenant brought and cost in a period, by id. */
export const tenantResults = (figures: Figures): TenantResult[] => {
  const revenue = new Map<TenantId, Exact>();
  for (const { tenantId, lineRevenueUsd } of figures.invoices)
    revenue.set(tenantId, add(revenue.get(tenantId) ?? ZERO, exact(lineRevenueUsd)));
  const cost = new Map(figures.tenants.map((tenant) => [tenant.tenantId, exact(tenant.cost)]));
  return [...new Set([...revenue.keys(), ...cost.keys()])].toSorted().map((tenantId) => {
    const [brought, borne] = [revenue.get(tenantId) ?? ZERO, cost.get(tenantId) ?? ZERO];
    const margin = subtract(brought, borne);
    return { tenantId, revenue: brought, cost: borne, margin, marginPct: shareOf(margin, brought) };
  });
};

/**
 * The result of a period: gross margin is revenue less the cost that tenants bear, whether it is invoiced already or not; what
 * remains after the operator's own part of AWS's bill stands beside it.
 */
export const periodResult = (figures: Figures, found: Reconciliation) => {
  const revenue = sumExact(figures.invoices.map((invoice) => exact(invoice.subtotalUsd)));
  const [cost, overhead] = [exact(found.allocatedTotal), exact(found.operatorOverhead)];
  const grossMargin = subtract(revenue, cost);
  return {
    revenue,
    recurring: sumExact(figures.invoices.map((invoice) => exact(invoice.recurringRevenueUsd))),
    cost,
    overhead,
    awsTotal: exact(found.awsTotal),
    grossMargin,
    grossMarginPct: shareOf(grossMargin, revenue),
    afterOverhead: subtract(grossMargin, overhead),
  };
};
