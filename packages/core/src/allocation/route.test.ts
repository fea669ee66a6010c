import { describe, expect, it } from "vitest";
import { input, line, rule, tenant, used } from "../../testing/allocation.ts";
import { allocate } from "./allocate.ts";
import { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
import type { AllocationInput, CostGroup } from "./plan.ts";
import { allocationPolicySchema } from "./policy.ts";

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

  it.each(["SavingsPlanRecurringFee", "UnusedCommitment"])(
    "lets rules take what of %s is unused, where the policy says so",
    (lineType) => {
      const policy = allocationPolicySchema.parse({ unused_commitment: "rules" });
      expect(only(line("3", { lineType }), { policy })).toMatchObject({ kind: "allocated", reason: "rule" });
      expect(only(line("3", { lineType: "RIFee" }), { policy })).toMatchObject({
        kind: "overhead",
        reason: "commitment",
      });
    },
  );

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
