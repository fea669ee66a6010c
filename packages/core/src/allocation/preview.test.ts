import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyAllocation, anyRule } from "../../testing/allocation-arbitraries.ts";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import { actorOf, callAs } from "../../testing/actors.ts";
import { textOf } from "../../testing/tables.ts";
import { allocate } from "./allocate.ts";
import { allocatePeriod, previewRules } from "./index.ts";
import { ruleEffect } from "./preview.ts";

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

describe("the effect of a rule", () => {
  it("moves cost and makes none: all differences add up to zero, whatever the rules", () => {
    fc.assert(
      fc.property(anyAllocation, fc.array(anyRule, { maxLength: 3 }), (given, rules) => {
        const [before, after] = [allocate(given), allocate({ ...given, rules })];
        const effect = ruleEffect(before, after);
        expect(sum(effect.bearers.map(({ difference }) => difference))).toBe(0n);
        expect(sum(effect.bearers.map((bearer) => bearer.after))).toBe(after.totals.total);
        expect(sum(effect.bearers.map((bearer) => bearer.before))).toBe(before.totals.total);
        expect(effect.totals.total.difference).toBe(0n);
        const below = sum(effect.bearers.map(({ difference }) => (difference < 0n ? -difference : 0n)));
        expect(effect.moved).toBe(below);
      }),
      { numRuns: 150 },
    );
  });

  it("names exactly the services that move, and they add up to the bearer's difference", () => {
    fc.assert(
      fc.property(anyAllocation, fc.array(anyRule, { maxLength: 3 }), (given, rules) => {
        for (const bearer of ruleEffect(allocate(given), allocate({ ...given, rules })).bearers) {
          expect(sum(bearer.services.map(({ difference }) => difference))).toBe(bearer.difference);
          expect(bearer.services.every(({ difference }) => difference !== 0n)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is nothing where the rules are the same", () => {
    fc.assert(
      fc.property(anyAllocation, (given) => {
        const effect = ruleEffect(allocate(given), allocate(given));
        expect(effect.moved).toBe(0n);
        expect(effect.bearers.flatMap((bearer) => bearer.services)).toEqual([]);
      }),
    );
  });
});

describe("previewing rules on a past period", () => {
  let world: AllocationWorld;
  beforeAll(async () => {
    world = await allocationWorld();
    await world.deliver("CUR-1", LINES);
    await world.use({ "TEN-A": "1", "TEN-B": "2" });
    await allocatePeriod.run(world.call, { period: "2025-09" });
  });
  afterAll(() => world.database.close());

  const even = {
    rule_id: "nat-gb",
    title: "NAT evenly",
    order: 30,
    category: "NAT" as const,
    selector: { usage_type_patterns: ["%NatGateway-%"] },
    curve: { kind: "even" as const },
    target: "tenants" as const,
  };
  const stored = () => textOf(world.database, ["allocation_rules", "allocation_run", "audit_event"]);
  const preview = (over: object = {}) => previewRules.run(world.call, { period: "2025-09", rules: [even], ...over });

  it("shows who would bear what, before and after, by service", async () => {
    expect(await preview()).toMatchObject({
      currency: "USD",
      moved: "1",
      totals: {
        total: { before: "28.750000000001", after: "28.750000000001", difference: "0" },
        allocated: { before: "3", after: "3", difference: "0" },
      },
      tenants: [
        { tenant_id: "TEN-B", before: "2", after: "1", difference: "-1" },
        {
          tenant_id: "TEN-C",
          before: "0",
          after: "1",
          difference: "1",
          services: [{ service: "AmazonEC2", before: "0", after: "1", difference: "1" }],
        },
        { tenant_id: "TEN-A", difference: "0", services: [] },
      ],
      operator: { difference: "0" },
      before_is_active_run: true,
    });
  });

  it("reads usage that only a candidate looks at", async () => {
    await world.use({ "TEN-C": "5" }, "egress_gb");
    const byEgress = { ...even, curve: { kind: "linear" as const }, keys: [{ metric_code: "egress_gb", weight: "1" }] };
    expect(await preview({ rules: [byEgress] })).toMatchObject({
      moved: "3",
      rules: { after: expect.arrayContaining(["nat-gb@2"]) },
      before_is_active_run: true,
    });
  });

  it("shows what a rule leaves behind when it ends", async () => {
    expect(await preview({ rules: [], retire: ["nat-gb"] })).toMatchObject({
      totals: { allocated: { after: "0" }, untagged: { before: "1.25", after: "4.25" } },
      operator: { difference: "3" },
      findings: expect.arrayContaining([expect.objectContaining({ code: "UNTAGGED_COST", service: "AmazonEC2" })]),
    });
  });

  it("sums the tenants beyond the limit, exactly", async () => {
    const { tenants, other_tenants: others } = await preview({ limit: 1 });
    expect(tenants.map((tenant) => tenant.tenant_id)).toEqual(["TEN-B"]);
    expect(others).toEqual({ count: 2, before: "16.000000000001", after: "17.000000000001", difference: "1" });
  });

  it("stores nothing, and gives the same digests again", async () => {
    const before = await stored();
    const [first, second] = [await preview(), await preview()];
    expect(second).toEqual(first);
    expect(first.digest_after).not.toBe(first.digest_before);
    expect(await stored()).toBe(before);
  });

  it("refuses a misspelt field, a rule that is named twice, and one that is not there", async () => {
    await expect(preview({ rules: [{ ...even, flor: "0.1" }] })).rejects.toThrow(/flor/);
    await expect(preview({ rules: [even, even] })).rejects.toThrow(/nat-gb is named twice/);
    await expect(preview({ rules: [], retire: ["nothing"] })).rejects.toThrow(/no rule nothing/);
  });

  it("is for those who may read rules", async () => {
    const tenant = callAs(world.call.world, actorOf("tenant_admin"));
    await expect(previewRules.run(tenant, { period: "2025-09" })).rejects.toMatchObject({ kind: "forbidden" });
  });
});
