import { costText } from "../src/allocation/allocate.ts";
import type { AllocationInput, AllocationRow, CostGroup, TenantState } from "../src/allocation/plan.ts";
import { DEFAULT_ALLOCATION_POLICY } from "../src/allocation/policy.ts";
import { type AllocationRule, type AllocationRuleInput, allocationRuleSchema } from "../src/allocation/rule.ts";
import type { TenantId } from "../src/kernel/index.ts";
import { exact, scaled } from "../src/money/index.ts";
import { month, monthPeriod } from "../src/time/index.ts";

export const units = (text: string): bigint => scaled(exact(text), 12);

export const line = (cost: string, over: Partial<CostGroup> = {}): CostGroup => ({
  service: "AmazonEC2",
  usageType: "BoxUsage:m5.large",
  lineType: "Usage",
  component: null,
  account: "111111111111",
  region: "us-east-1",
  tenantTag: null,
  otherProvider: null,
  billingEntity: "AWS",
  isUpfront: false,
  cost: units(cost),
  lines: 1,
  ...over,
});

export const tenant = (tenantId: string, over: Partial<TenantState> = {}): TenantState => ({
  tenantId: tenantId as TenantId,
  status: "active",
  isSynthetic: false,
  ...over,
});

export const rule = (over: Partial<AllocationRuleInput> = {}): AllocationRule =>
  allocationRuleSchema.parse({
    rule_id: "nat",
    version: 1,
    title: "NAT",
    order: 1,
    category: "NAT",
    selector: { usage_type_patterns: ["%NatGateway-%"] },
    keys: [{ metric_code: "nat_gb_processed", weight: "1" }],
    target: "tenants",
    effective_from: "2025-01-01",
    status: "active",
    ...over,
  });

export const input = (over: Partial<AllocationInput> = {}): AllocationInput => ({
  period: monthPeriod(month("2025-09")),
  basis: "amortized",
  currency: "USD",
  costs: [],
  tenants: [tenant("TEN-A"), tenant("TEN-B"), tenant("TEN-C")],
  usage: [],
  previousUsage: [],
  rules: [],
  policy: DEFAULT_ALLOCATION_POLICY,
  ...over,
});

export const nat = (cost: string): CostGroup => line(cost, { usageType: "USE1-NatGateway-Bytes" });
export const used = (values: Record<string, string>, metricCode = "nat_gb_processed") =>
  Object.entries(values).map(([tenantId, value]) => ({ tenantId, metricCode, value }));
export const shares = (rows: readonly AllocationRow[]): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [row.tenantId ?? row.kind, costText(row.cost)]));
