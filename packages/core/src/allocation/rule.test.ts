import { describe, expect, it } from "vitest";
import { allocationRuleSchema } from "./rule.ts";
import { likeMatcher } from "./selector.ts";

const base = {
  rule_id: "nat",
  version: 1,
  title: "NAT",
  order: 1,
  category: "NAT",
  selector: {},
  keys: [{ metric_code: "nat_gb_processed", weight: "1" }],
  target: "tenants",
  effective_from: "2025-01-01",
  status: "active",
};
const faults = (over: object): string[] => {
  const parsed = allocationRuleSchema.safeParse({ ...base, ...over });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

describe("an allocation rule is refused, with the place named,", () => {
  it.each([
    ["without a key", { keys: [] }, "keys: a linear curve needs at least one key metric"],
    [
      "with a weight of zero",
      { keys: [{ metric_code: "a", weight: "0" }] },
      "keys.0.weight: must be greater than zero",
    ],
    ["with one metric twice", { keys: [...base.keys, ...base.keys] }, "keys: a metric stands in the keys twice"],
    ["with a floor above the cap", { floor: "0.5", cap: "0.4" }, "floor: the floor is above the cap"],
    ["with a share above one", { cap: "1.01" }, "cap: is a share of the pool, between 0 and 1"],
    ["ending before it starts", { effective_to: "2024-12-31" }, "effective_to: the rule ends before it starts"],
    [
      "with a day that is none",
      { effective_from: "2025-02-30" },
      'effective_from: not a calendar day (YYYY-MM-DD): "2025-02-30"',
    ],
    [
      "with slabs out of order",
      {
        curve: {
          kind: "tiered",
          slabs: [
            { up_to: "5", factor: "1" },
            { up_to: "5", factor: "1" },
            { up_to: null, factor: "1" },
          ],
        },
      },
      "curve.slabs.1.up_to: slabs must ascend strictly: 5 does not follow 5",
    ],
    [
      "with closed slabs",
      { curve: { kind: "tiered", slabs: [{ up_to: "5", factor: "1" }] } },
      "curve.slabs.0.up_to: the last slab must be open (up_to null)",
    ],
  ])("%s", (_, over, message) => {
    expect(faults(over)).toContain(message);
  });

  it("and accepted when it is whole", () => {
    expect(faults({ floor: 0.1, cap: "0.4", curve: { kind: "power", exponent: "0.8" } })).toEqual([]);
  });
});

describe("a usage type pattern", () => {
  it.each([
    ["%NatGateway-%", "USE1-NatGateway-Bytes", true],
    ["%NatGateway-%", "USE1-NATGATEWAY-Bytes", false],
    ["Requests-Tier_", "Requests-Tier1", true],
    ["Requests-Tier_", "Requests-Tier12", false],
    ["CW:Metric.Usage", "CW:MetricXUsage", false],
    ["a%b", "a\nb", true],
  ])("%s against %s is SQL LIKE: %s", (pattern, text, matches) => {
    expect(likeMatcher(pattern)(text)).toBe(matches);
  });
});
