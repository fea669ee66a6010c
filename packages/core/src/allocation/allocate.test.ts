import { describe, expect, it } from "vitest";
import type { TenantId } from "../kernel/index.ts";
import { exact, scaled } from "../money/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { allocate, costText } from "./allocate.ts";
import { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
import type { AllocationInput, AllocationRow, CostGroup, TenantState } from "./plan.ts";
import { allocationPolicySchema, DEFAULT_ALLOCATION_POLICY } from "./policy.ts";
import { type AllocationRule, type AllocationRuleInput, allocationRuleSchema } from "./rule.ts";

const units = (text: string): bigint => scaled(exact(text), 12);

const line = (cost: string, over: Partial<CostGroup> = {}): CostGroup => ({
  service: "AmazonEC2",
  usageType: "BoxUsage:m5.large",
  lineType: "Usage",
  component: null,
  account: "111111111111",
  region: "us-east-1",
  tenantTag: null,
  otherProvider: null,
  isUpfront: false,
  cost: units(cost),
  lines: 1,
  ...over,
});

const tenant = (tenantId: string, over: Partial<TenantState> = {}): TenantState => ({
  tenantId: tenantId as TenantId,
  status: "active",
  isSynthetic: false,
  ...over,
});

const rule = (over: Partial<AllocationRuleInput> = {}): AllocationRule =>
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

const input = (over: Partial<AllocationInput> = {}): AllocationInput => ({
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

const nat = (cost: string): CostGroup => line(cost, { usageType: "USE1-NatGateway-Bytes" });
const used = (values: Record<string, string>, metricCode = "nat_gb_processed") =>
  Object.entries(values).map(([tenantId, value]) => ({ tenantId, metricCode, value }));
const shares = (rows: readonly AllocationRow[]): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [row.tenantId ?? row.kind, costText(row.cost)]));

describe("routing before pooling", () => {
  const only = (group: CostGroup, over: Partial<AllocationInput> = {}) => {
    const plan = allocate(
      input({ costs: [group], rules: [rule({ selector: {} })], usage: used({ "TEN-A": "1" }), ...over }),
    );
    const [row] = plan.rows;
    return {
      kind: row?.kind,
      reason: row?.reason,
      tenant: row?.tenantId,
      rows: plan.rows.length,
      findings: plan.findings.map((f) => f.code),
    };
  };

  it("gives a line with a valid tag to its tenant, even where a rule would match", () => {
    expect(only(line("1", { tenantTag: "TEN-B" }))).toEqual({
      kind: "direct",
      reason: "tag",
      tenant: "TEN-B",
      rows: 1,
      findings: [],
    });
  });

  it("still charges a suspended tenant for its own lines", () => {
    const tenants = [tenant("TEN-B", { status: "suspended" })];
    expect(only(line("1", { tenantTag: "TEN-B" }), { tenants })).toMatchObject({ kind: "direct", tenant: "TEN-B" });
  });

  it.each([
    ["unknown", [], "unknown_tag", "UNKNOWN_TENANT_TAG"],
    ["closed", [tenant("TEN-X", { status: "closed" })], "closed_tag", "CLOSED_TENANT_TAG"],
    ["synthetic", [tenant("TEN-X", { isSynthetic: true })], "synthetic_tag", "SYNTHETIC_TENANT_TAG"],
  ])("keeps a line whose tag is %s out of every pool: the operator's, with a finding", (_, extra, reason, code) => {
    const tenants = [tenant("TEN-A"), ...extra];
    expect(only(line("1", { tenantTag: "TEN-X" }), { tenants })).toEqual({
      kind: "overhead",
      reason,
      tenant: null,
      rows: 1,
      findings: [code],
    });
  });

  it("treats a blank tag as no tag", () => {
    expect(only(line("1", { tenantTag: " " }))).toMatchObject({ kind: "allocated", reason: "rule", tenant: "TEN-A" });
  });

  it.each([
    ["Tax", "tax"],
    ["Credit", "credit"],
    ["Refund", "refund"],
    ["EdpDiscount", "discount"],
    ["PrivateRateDiscount", "discount"],
    ["BundledDiscount", "discount"],
    ["Discount", "discount"],
    ["Fee", "fee"],
    ["SavingsPlanNegation", "commitment"],
    ["SavingsPlanUpfrontFee", "commitment"],
    ["SavingsPlanRecurringFee", "commitment"],
    ["RIFee", "commitment"],
  ])("keeps %s with the operator, tagged or not", (lineType, reason) => {
    for (const tenantTag of [null, "TEN-A"])
      expect(only(line("-5", { lineType, tenantTag }))).toMatchObject({ kind: "overhead", reason, tenant: null });
  });

  it.each(["Usage", "SavingsPlanCoveredUsage", "DiscountedUsage"])("lets tag and rules decide about %s", (lineType) => {
    expect(only(line("1", { lineType, tenantTag: "TEN-A" }))).toMatchObject({ kind: "direct" });
    expect(only(line("1", { lineType }))).toMatchObject({ kind: "allocated" });
  });

  it("never drops a line of unknown type: the operator's, with a finding", () => {
    expect(only(line("3", { lineType: "Surprise", tenantTag: "TEN-A" }))).toMatchObject({
      kind: "overhead",
      reason: "unknown_line_type",
      findings: ["UNKNOWN_LINE_TYPE"],
    });
  });

  it("keeps other providers and upfront reservation fees with the operator", () => {
    expect(only(line("3", { otherProvider: "Microsoft", tenantTag: "TEN-A" }))).toMatchObject({
      kind: "overhead",
      reason: "other_provider",
    });
    const policy = allocationPolicySchema.parse({ fees: "rules" });
    expect(only(line("3", { lineType: "Fee", isUpfront: true }), { policy })).toMatchObject({
      kind: "overhead",
      reason: "commitment",
    });
    expect(only(line("3", { lineType: "Fee" }), { policy })).toMatchObject({ kind: "allocated", reason: "rule" });
  });

  it("reports a line that no rule takes as untagged", () => {
    expect(only(line("3"), { rules: [] })).toEqual({
      kind: "untagged",
      reason: "no_rule",
      tenant: null,
      rows: 1,
      findings: ["UNTAGGED_COST"],
    });
  });
});

describe("rules", () => {
  it("lets the first matching rule in rule order take a line", () => {
    const rules = [
      rule({ rule_id: "late", order: 2, selector: {} }),
      rule({ rule_id: "early", order: 1, selector: {} }),
    ];
    const plan = allocate(input({ costs: [nat("1")], rules, usage: used({ "TEN-A": "1" }) }));
    expect(plan.rows.map((row) => row.ruleId)).toEqual(["early"]);
  });

  it("applies the version that was effective on the period's first day, never a draft", () => {
    const rules = [
      rule({ version: 1 }),
      rule({ version: 2, effective_from: "2025-09-01" }),
      rule({ version: 3, effective_from: "2025-09-02" }),
      rule({ version: 4, status: "draft" }),
    ];
    const plan = allocate(input({ costs: [nat("1")], rules, usage: used({ "TEN-A": "1" }) }));
    expect(plan.rows.map((row) => row.ruleVersion)).toEqual([2]);
  });

  it("shares a pool by the key metric, with what explains each share", () => {
    const plan = allocate(
      input({ costs: [nat("60"), nat("40")], rules: [rule()], usage: used({ "TEN-A": "30", "TEN-B": "10" }) }),
    );
    expect(shares(plan.rows)).toEqual({ "TEN-A": "75.000000000000", "TEN-B": "25.000000000000" });
    expect(plan.rows[0]).toMatchObject({
      keyMetric: "nat_gb_processed",
      keyValue: "30",
      keyTotal: "40",
      poolCost: units("100"),
      category: "NAT",
    });
    expect(plan.pools[0]?.clauses).toEqual([
      {
        lineType: "Usage",
        component: null,
        account: "111111111111",
        region: "us-east-1",
        otherProvider: null,
        isUpfront: false,
        usageTypes: ["USE1-NatGateway-Bytes"],
      },
    ]);
  });

  it("places the last unit of 1e-12 and a billion alike, ties to the lower tenant id", () => {
    const usage = used({ "TEN-C": "1", "TEN-B": "1", "TEN-A": "1" });
    const tiny = allocate(input({ costs: [nat("0.000000000001")], rules: [rule()], usage }));
    expect(shares(tiny.rows)).toEqual({ "TEN-A": "0.000000000001" });
    const huge = allocate(input({ costs: [nat("1000000000.000000000001")], rules: [rule()], usage }));
    expect(shares(huge.rows)).toEqual({
      "TEN-A": "333333333.333333333334",
      "TEN-B": "333333333.333333333334",
      "TEN-C": "333333333.333333333333",
    });
  });

  it("weights several metrics by each tenant's share of each", () => {
    const keys = [
      { metric_code: "runner_hours", weight: "0.6" },
      { metric_code: "data_ingestion_gb", weight: "0.4" },
    ];
    const usage = [
      ...used({ "TEN-A": "1000", "TEN-B": "3000" }, "runner_hours"),
      ...used({ "TEN-A": "5" }, "data_ingestion_gb"),
    ];
    const plan = allocate(input({ costs: [nat("100")], rules: [rule({ keys })], usage }));
    expect(shares(plan.rows)).toEqual({ "TEN-A": "55.000000000000", "TEN-B": "45.000000000000" });
  });

  it("gives a pool whose target is the operator to the operator", () => {
    const plan = allocate(
      input({ costs: [nat("7")], rules: [rule({ target: "operator" })], usage: used({ "TEN-A": "1" }) }),
    );
    expect(plan.rows).toMatchObject([{ kind: "overhead", ruleId: "nat", cost: units("7") }]);
  });

  it("leaves the operator what a closed tenant used, and ignores synthetic tenants", () => {
    const tenants = [
      tenant("TEN-A"),
      tenant("TEN-OLD", { status: "closed" }),
      tenant("TEN-SYN", { isSynthetic: true }),
    ];
    const plan = allocate(
      input({
        costs: [nat("8")],
        rules: [rule()],
        tenants,
        usage: used({ "TEN-A": "3", "TEN-OLD": "1", "TEN-SYN": "99" }),
      }),
    );
    expect(shares(plan.rows)).toEqual({ "TEN-A": "6.000000000000", overhead: "2.000000000000" });
    expect(plan.findings.map((finding) => finding.code)).toEqual(["NOT_PLACED"]);
  });

  it("leaves the operator what the cap keeps from being placed", () => {
    const plan = allocate(
      input({ costs: [nat("10")], rules: [rule({ cap: "0.3" })], usage: used({ "TEN-A": "9", "TEN-B": "1" }) }),
    );
    expect(shares(plan.rows)).toEqual({
      "TEN-A": "3.000000000000",
      "TEN-B": "3.000000000000",
      overhead: "4.000000000000",
    });
  });

  it("shares by stored weights per service, or evenly", () => {
    const curve = {
      kind: "fixed" as const,
      weights: { AmazonEC2: { "TEN-A": "1", "TEN-C": "3", "TEN-GONE": "9" }, "*": { "TEN-B": "1" } },
    };
    const fixed = allocate(input({ costs: [nat("8")], rules: [rule({ curve })] }));
    expect(shares(fixed.rows)).toEqual({ "TEN-A": "2.000000000000", "TEN-C": "6.000000000000" });
    const even = allocate(input({ costs: [nat("9")], rules: [rule({ curve: { kind: "even" } })] }));
    expect(shares(even.rows)).toEqual({
      "TEN-A": "3.000000000000",
      "TEN-B": "3.000000000000",
      "TEN-C": "3.000000000000",
    });
  });
});

describe("a zero total key", () => {
  const zero = (fallback: "previous_period" | "even" | "operator", previousUsage = used({ "TEN-B": "4" })) =>
    allocate(input({ costs: [nat("9")], rules: [rule({ fallback })], usage: used({ "TEN-A": "0" }), previousUsage }));

  it("falls back on the usage of the period before, and raises an exception", () => {
    const plan = zero("previous_period");
    expect(shares(plan.rows)).toEqual({ "TEN-B": "9.000000000000" });
    expect(plan.rows[0]?.keyMetric).toBe("nat_gb_processed@previous_period");
    expect(plan.findings.map((finding) => finding.code)).toEqual(["ZERO_KEY_TOTAL"]);
  });

  it("falls to the operator when the period before has none either", () => {
    const plan = zero("previous_period", []);
    expect(plan.rows).toMatchObject([{ kind: "overhead", cost: units("9") }]);
    expect(plan.findings.map((finding) => finding.code)).toEqual(["ZERO_KEY_TOTAL"]);
  });

  it("falls back on even shares", () => {
    expect(shares(zero("even").rows)).toEqual({
      "TEN-A": "3.000000000000",
      "TEN-B": "3.000000000000",
      "TEN-C": "3.000000000000",
    });
  });

  it("falls to the operator, or stays there when there are no tenants at all", () => {
    expect(zero("operator").rows).toMatchObject([{ kind: "overhead", cost: units("9") }]);
    const none = allocate(input({ tenants: [], costs: [nat("9")], rules: [rule({ fallback: "even" })] }));
    expect(none.rows).toMatchObject([{ kind: "overhead", cost: units("9") }]);
  });
});

describe("spreading by policy", () => {
  const policy = allocationPolicySchema.parse({ discounts: "spread" });
  const discount = line("-10", { lineType: "EdpDiscount", usageType: "" });

  it("spreads a discount over what its own service cost tenants and operator", () => {
    const costs = [
      line("60", { tenantTag: "TEN-A" }),
      line("20"),
      line("20", { tenantTag: "TEN-B" }),
      line("900", { service: "AmazonS3" }),
      discount,
    ];
    const rows = allocate(input({ costs, policy })).rows.filter((row) => row.reason === "discount");
    expect(shares(rows)).toEqual({
      "TEN-A": "-6.000000000000",
      "TEN-B": "-2.000000000000",
      overhead: "-2.000000000000",
    });
    expect(rows[0]).toMatchObject({ kind: "allocated", keyMetric: "cost_of_service", keyValue: "60", keyTotal: "100" });
  });

  it("leaves a discount with nothing to spread over to the operator", () => {
    const plan = allocate(input({ costs: [discount], policy }));
    expect(plan.rows).toMatchObject([{ kind: "overhead", cost: units("-10") }]);
    expect(plan.findings.map((finding) => finding.code)).toEqual(["NOT_PLACED"]);
  });
});

describe("the default rules", () => {
  const rules = DEFAULT_ALLOCATION_RULES;
  it.each([
    ["NAT", { usageType: "USE1-NatGateway-Hours" }, "nat-gb"],
    ["PrivateLink traffic", { service: "AmazonVPC", usageType: "USE1-VpcEndpoint-Bytes" }, "privatelink-gb"],
    ["PrivateLink endpoints", { service: "AmazonVPC", usageType: "USE1-VpcEndpoint-Hours" }, "privatelink-hours"],
    ["CloudWatch", { service: "AmazonCloudWatch", usageType: "CW:MetricMonitorUsage" }, "cloudwatch-activity"],
    [
      "lake storage",
      { service: "AmazonS3", usageType: "TimedStorage-ByteHrs", component: "shared-lake" },
      "lake-storage",
    ],
    ["lake requests", { service: "AmazonS3", usageType: "Requests-Tier1", component: "shared-lake" }, "lake-requests"],
    ["support", { service: "AWSSupportBusiness", usageType: "Dollar" }, "support-operator"],
    ["governance", { service: "AWSCloudTrail", usageType: "USE1-PaidEventsRecorded" }, "platform-overhead"],
    ["other storage", { service: "AmazonS3", usageType: "TimedStorage-ByteHrs" }, null],
    ["computers", {}, null],
  ])("route untagged %s", (_, over, ruleId) => {
    const usage = [
      "nat_gb_processed",
      "privatelink_gb_processed",
      "endpoint_hours",
      "runner_hours",
      "data_ingestion_gb",
      "storage_gb_peak",
    ].flatMap((metric) => used({ "TEN-A": "1" }, metric));
    expect(allocate(input({ costs: [line("1", over)], rules, usage })).rows).toMatchObject([{ ruleId }]);
  });
});
