import fc from "fast-check";
import type { AllocationInput, CostGroup, TenantState } from "../src/allocation/plan.ts";
import { allocationPolicySchema } from "../src/allocation/policy.ts";
import { type AllocationRule, allocationRuleSchema } from "../src/allocation/rule.ts";
import type { TenantId } from "../src/kernel/index.ts";
import { month, monthPeriod } from "../src/time/index.ts";

const METRICS = ["nat_gb_processed", "runner_hours", "data_ingestion_gb"];
const TENANTS = ["TEN-A", "TEN-B", "TEN-C", "TEN-D", "TEN-E"];
const SERVICES = ["AmazonEC2", "AmazonS3", "AmazonCloudWatch"];

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => {
    const text = digits.toString().padStart(places + 1, "0");
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  });
const positive = decimal.filter((text) => /[1-9]/.test(text));

const cost = fc.oneof(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }));

/** A cost line of any kind. */
export const anyGroup: fc.Arbitrary<CostGroup> = fc.record({
  service: fc.constantFrom(...SERVICES),
  usageType: fc.constantFrom("NatGateway-Bytes", "Requests-Tier1", "BoxUsage"),
  lineType: fc.constantFrom(
    "Usage",
    "Usage",
    "DiscountedUsage",
    "Tax",
    "Credit",
    "EdpDiscount",
    "Fee",
    "SavingsPlanRecurringFee",
    "Odd",
  ),
  component: fc.constantFrom(null, "lake"),
  account: fc.constantFrom("1", "2"),
  region: fc.constantFrom("us-east-1", null),
  tenantTag: fc.constantFrom(null, null, ...TENANTS, "TEN-NOBODY"),
  otherProvider: fc.constantFrom(null, null, null, "Microsoft"),
  billingEntity: fc.constantFrom("AWS", "AWS", "AWS Marketplace"),
  isUpfront: fc.boolean(),
  cost,
  lines: fc.nat(5),
});

const curve = fc.oneof(
  fc.constant({ kind: "linear" as const }),
  fc.constant({ kind: "even" as const }),
  fc.record({ kind: fc.constant("power" as const), exponent: fc.constantFrom("0.5", "0.73", "2", "1.25") }),
  fc.record({
    kind: fc.constant("fixed" as const),
    weights: fc.dictionary(fc.constantFrom(...SERVICES, "*"), fc.dictionary(fc.constantFrom(...TENANTS), decimal)),
  }),
  fc.tuple(positive, decimal, decimal).map(([bound, low, high]) => ({
    kind: "tiered" as const,
    slabs: [
      { up_to: bound, factor: low },
      { up_to: null, factor: high },
    ],
  })),
);

/** A rule with any curve, keys, bounds and fallback. */
export const anyRule: fc.Arbitrary<AllocationRule> = fc
  .record({
    curve,
    metrics: fc.uniqueArray(fc.constantFrom(...METRICS), { minLength: 1, maxLength: 3 }),
    weight: positive,
    service: fc.constantFrom(...SERVICES, "%"),
    usageType: fc.constantFrom("%", "%NatGateway-%", "Requests-Tier_"),
    bounds: fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 100 })),
    target: fc.constantFrom("tenants" as const, "tenants" as const, "operator" as const),
    fallback: fc.constantFrom("previous_period" as const, "even" as const, "operator" as const),
    order: fc.nat(3),
  })
  .map(({ metrics, weight, service, usageType, bounds, ...rest }) => {
    const codes = rest.curve.kind === "tiered" ? metrics.slice(0, 1) : metrics;
    return {
      ...rest,
      keys: codes.map((code) => ({ metric_code: code, weight })),
      selector: { services: [service], usage_type_patterns: [usageType] },
      floor: String(Math.min(...bounds) / 100),
      cap: String(Math.max(...bounds) / 100),
    };
  })
  .chain((body) =>
    fc.nat(3).map((number) =>
      allocationRuleSchema.parse({
        ...body,
        rule_id: `r${number}`,
        version: 1,
        title: "rule",
        category: "OTHER",
        effective_from: "2025-01-01",
        status: "active",
      }),
    ),
  );

const tenants = fc.tuple(
  ...TENANTS.map((tenantId) =>
    fc.record({
      tenantId: fc.constant(tenantId as TenantId),
      status: fc.constantFrom<TenantState["status"]>("active", "active", "suspended", "closed"),
      isSynthetic: fc.constantFrom(false, false, false, true),
    }),
  ),
);

const usage = fc.array(
  fc.record({ tenantId: fc.constantFrom(...TENANTS), metricCode: fc.constantFrom(...METRICS), value: decimal }),
  { maxLength: 20 },
);

const choice = fc.constantFrom("operator" as const, "spread" as const);
const byRule = fc.constantFrom("operator" as const, "rules" as const);
/** Any cost, tenants, usage, rules and policy. */
export const anyAllocation: fc.Arbitrary<AllocationInput> = fc.record({
  period: fc.constant(monthPeriod(month("2025-09"))),
  basis: fc.constant("amortized" as const),
  currency: fc.constant("USD" as const),
  costs: fc.array(anyGroup, { maxLength: 40 }),
  tenants,
  usage,
  previousUsage: usage,
  rules: fc.uniqueArray(anyRule, { maxLength: 4, selector: (candidate) => candidate.rule_id }),
  policy: fc
    .record({ credits: choice, refunds: choice, discounts: choice, fees: byRule, unused_commitment: byRule })
    .map((policy) => allocationPolicySchema.parse(policy)),
});
