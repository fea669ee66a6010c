import { describe, expect, it } from "vitest";
import { input, line, nat, rule, shares, tenant, units, used } from "../../testing/allocation.ts";
import { allocate } from "./allocate.ts";
import { allocationPolicySchema } from "./policy.ts";

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
        billingEntity: "AWS",
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

  it.each([
    ["credits", "Credit", "credit"],
    ["refunds", "Refund", "refund"],
    ["discounts", "PrivateRateDiscount", "discount"],
    ["discounts", "BundledDiscount", "discount"],
  ] as const)(
    "spreads %s (%s) where the policy says so, and nothing else of the kinds beside",
    (name, lineType, reason) => {
      const others = ["Credit", "Refund", "EdpDiscount"].filter((type) => type !== lineType && name !== "discounts");
      const costs = [
        line("75", { tenantTag: "TEN-A" }),
        line("25", { tenantTag: "TEN-B" }),
        line("-8", { lineType }),
        ...others.map((type) => line("-1", { lineType: type })),
      ];
      const { rows } = allocate(input({ costs, policy: allocationPolicySchema.parse({ [name]: "spread" }) }));
      expect(shares(rows.filter((row) => row.reason === reason))).toEqual({
        "TEN-A": "-6.000000000000",
        "TEN-B": "-2.000000000000",
      });
      const kept = rows.filter((row) => row.reason !== reason && row.cost < 0n);
      expect(kept.map((row) => [row.kind, row.tenantId])).toEqual(others.map(() => ["overhead", null]));
    },
  );

  it("leaves tax with the operator under every policy, tagged or not", () => {
    const all = allocationPolicySchema.parse({
      credits: "spread",
      refunds: "spread",
      discounts: "spread",
      fees: "rules",
      unused_commitment: "rules",
    });
    const costs = [line("100", { tenantTag: "TEN-A" }), line("19", { lineType: "Tax", tenantTag: "TEN-A" })];
    const taxed = allocate(input({ costs, policy: all })).rows.filter((row) => row.reason === "tax");
    expect(taxed).toMatchObject([{ kind: "overhead", tenantId: null, cost: units("19") }]);
  });

  it("leaves a discount with nothing to spread over to the operator", () => {
    const plan = allocate(input({ costs: [discount], policy }));
    expect(plan.rows).toMatchObject([{ kind: "overhead", cost: units("-10") }]);
    expect(plan.findings.map((finding) => finding.code)).toEqual(["NOT_PLACED"]);
  });
});
