import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import { textOf } from "../../testing/tables.ts";
import type { RunId } from "../kernel/index.ts";
import { month } from "../time/index.ts";
import {
  allocatePeriod,
  applyRules,
  DEFAULT_ALLOCATION_RULES,
  keepBaseline,
  listAllocations,
  listRules,
  planRuleChange,
  previewRules,
  putRule,
  retireRule,
  type RuleDefinition,
  ruleVersions,
  setAllocationPolicy,
} from "./index.ts";

let world: AllocationWorld;
beforeAll(async () => {
  world = await allocationWorld();
  await world.deliver("CUR-1", LINES);
  await world.use({ "TEN-A": "1", "TEN-B": "2" });
});
afterAll(() => world.database.close());

const nat = (over: Partial<RuleDefinition> = {}) => ({
  rule_id: "nat-gb",
  title: "NAT gateways by gigabytes processed",
  order: 30,
  category: "NAT" as const,
  selector: { usage_type_patterns: ["%NatGateway-%"] },
  keys: [{ metric_code: "nat_gb_processed", weight: "1" }],
  target: "tenants" as const,
  ...over,
});
const even = nat({ title: "NAT evenly", curve: { kind: "even" }, keys: [] });
const inForce = async (period: string) => (await listRules.run(world.call, { period })).rules;
const versionIn = async (period: string) =>
  (await inForce(period)).find(({ rule_id: id }) => id === "nat-gb")?.version ?? null;

describe("rules through the API", () => {
  it("are the defaults at first, in the order in which they are tried", async () => {
    const rules = await inForce("2025-09");
    expect(rules.map(({ rule_id: id }) => id)).toEqual(DEFAULT_ALLOCATION_RULES.map((rule) => rule.rule_id));
  });

  it("a plan says what would change, field by field, and stores nothing", async () => {
    const stored = () => textOf(world.database, ["allocation_rules", "audit_event"]);
    const before = await stored();
    const plan = await planRuleChange.run(world.call, { rules: [even, nat({ rule_id: "new" })] });
    expect(plan).toMatchObject({ counts: { create: 1, change: 1, retire: 0, none: 0 }, effective_from: "2025-10-05" });
    expect(plan.changes[0]).toMatchObject({
      rule_id: "nat-gb",
      change: "change",
      version_before: 1,
      version_after: 2,
      fields: expect.arrayContaining([{ field: "curve.kind", before: "linear", after: "even" }]),
    });
    expect(await stored()).toBe(before);
  });

  it("the same rule as the one in force is no change", async () => {
    expect(await planRuleChange.run(world.call, { rules: [nat()] })).toMatchObject({ counts: { none: 1, change: 0 } });
    expect(await applyRules.run(world.call, { rules: [nat()] })).toMatchObject({ applied: false });
  });

  it("a set that is complete ends what it does not name", async () => {
    const plan = await planRuleChange.run(world.call, { rules: [nat()], is_complete: true });
    expect(plan.counts).toEqual({ create: 0, change: 0, retire: DEFAULT_ALLOCATION_RULES.length - 1, none: 1 });
  });

  it("names each fault by its place", async () => {
    const bad = nat({
      curve: {
        kind: "tiered",
        slabs: [
          { up_to: "5", factor: "1" },
          { up_to: "5", factor: "1" },
          { up_to: null, factor: "1" },
        ],
      },
    });
    await expect(planRuleChange.run(world.call, { rules: [nat({ rule_id: "x" }), bad] })).rejects.toMatchObject({
      details: [{ field: "rules.1.curve.slabs.1.up_to", reason: expect.stringContaining("ascend strictly") }],
    });
    await expect(planRuleChange.run(world.call, { rules: [nat(), nat()] })).rejects.toThrow(/rules\.1\.rule_id/);
    await expect(applyRules.run(world.call, { retire: ["nothing"] })).rejects.toThrow(/no rule nothing/);
  });

  it("keeps the defaults when the first rule is added before anything was allocated", async () => {
    const added = nat({ rule_id: "egress-even", order: 200, curve: { kind: "even" }, keys: [] });
    expect(await putRule.run(world.call, { rule: added })).toMatchObject({
      applied: true,
      rule: { rule_id: "egress-even", version: 1, effective_from: "2025-10-05" },
    });
    expect(await inForce("2025-11")).toHaveLength(DEFAULT_ALLOCATION_RULES.length + 1);
    expect(await inForce("2025-10")).toHaveLength(DEFAULT_ALLOCATION_RULES.length);
  });

  it("applies a plan once, and refuses one that was made for other rules", async () => {
    const wanted = { rules: [even], effective_from: "2025-11-01" };
    const plan = await planRuleChange.run(world.call, wanted);
    expect(await applyRules.run(world.call, { ...wanted, plan_digest: plan.plan_digest })).toMatchObject({
      applied: true,
    });
    const stale = applyRules.run(world.call, { ...wanted, plan_digest: plan.plan_digest });
    await expect(stale).rejects.toMatchObject({ kind: "precondition", message: expect.stringContaining("Plan again") });
    expect([await versionIn("2025-10"), await versionIn("2025-11")]).toEqual([1, 2]);
    const { versions } = await ruleVersions.run(world.call, { rule_id: "nat-gb" });
    expect(versions.map((version) => version.version)).toEqual([2, 1]);
  });

  it("a rule that ends does not bring an earlier version of itself back", async () => {
    expect(await retireRule.run(world.call, { rule_id: "nat-gb", effective_from: "2025-12-01" })).toMatchObject({
      counts: { retire: 1 },
      applied: true,
    });
    expect([await versionIn("2025-10"), await versionIn("2025-11"), await versionIn("2025-12")]).toEqual([1, 2, null]);
  });

  it("is for those who may write rules; reading is enough to plan", async () => {
    const reader = callAs(world.call.world, actorOf("approver"));
    expect(await planRuleChange.run(reader, { rules: [even] })).toHaveProperty("plan_digest");
    await expect(applyRules.run(reader, { rules: [even] })).rejects.toMatchObject({ kind: "forbidden" });
  });
});

describe("the routing policy", () => {
  const credits = (where: "operator" | "spread") => ({ policy: { credits: where } });

  it("is versioned and counts from its first day on; the same again changes nothing", async () => {
    const set = { ...credits("spread"), effective_from: "2025-12-01" };
    expect(await setAllocationPolicy.run(world.call, set)).toMatchObject({
      version: 1,
      applied: true,
      policy: { credits: "spread", refunds: "operator" },
    });
    expect(await setAllocationPolicy.run(world.call, set)).toMatchObject({ version: 1, applied: false });
    const of = async (period: string) => (await listRules.run(world.call, { period })).policy.credits;
    expect([await of("2025-11"), await of("2025-12")]).toEqual(["operator", "spread"]);
  });

  it("has no field that is misspelt, and is not for readers", async () => {
    const misspelt = setAllocationPolicy.run(world.call, { policy: { credit: "spread" } as object });
    await expect(misspelt).rejects.toThrow(/credit/);
    const reader = callAs(world.call.world, actorOf("approver"));
    await expect(setAllocationPolicy.run(reader, credits("spread"))).rejects.toMatchObject({ kind: "forbidden" });
  });
});

describe("a billed month", () => {
  let billed: RunId;
  beforeAll(async () => {
    const run = await allocatePeriod.run(world.call, { period: "2025-09" });
    billed = run.run_id as RunId;
    await world.database.transaction("operator", (tx) => keepBaseline(tx, billed, world.now));
  });

  it("is not altered by a rule: a change begins with the next month at the earliest", async () => {
    const change = { rules: [nat({ title: "NAT anew" })], effective_from: "2025-09-01" };
    expect(await planRuleChange.run(world.call, change)).toMatchObject({ billed_or_closed: ["2025-09"] });
    await expect(applyRules.run(world.call, change)).rejects.toMatchObject({
      kind: "precondition",
      details: [{ field: "effective_from", reason: "must be 2025-10-01 or later" }],
    });
    await expect(
      setAllocationPolicy.run(world.call, { policy: { credits: "operator" }, effective_from: "2025-09-01" }),
    ).rejects.toThrow(/would alter 2025-09/);
    await expect(retireRule.run(world.call, { rule_id: "transfer-out", effective_from: "2025-09-01" })).rejects.toThrow(
      /would alter 2025-09/,
    );
    expect(await applyRules.run(world.call, { ...change, effective_from: "2025-10-01" })).toMatchObject({
      applied: true,
    });
  });

  it("keeps the keys it was billed with, whatever is used or delivered afterwards", async () => {
    await world.use({ "TEN-A": "5", "TEN-C": "7" });
    expect(await allocatePeriod.run(world.call, { period: "2025-09" })).toMatchObject({ run_id: billed });
    await world.database.transaction("operator", async (tx) => {
      await tx.execute("update cur_delivery set status = 'superseded' where delivery_id = 'CUR-1'");
    });
    await world.deliver("CUR-2", [{ amortizedCost: "9", usageType: "USE1-NatGateway-Bytes" }]);
    const restated = await allocatePeriod.run(world.call, { period: "2025-09" });
    expect(restated.run_id).not.toBe(billed);
    const { allocations } = await listAllocations.run(world.call, { run_id: restated.run_id });
    expect(allocations).toMatchObject([
      { tenant_id: "TEN-A", cost: "3", rule_id: "nat-gb", rule_version: 1, key_value: "1", key_total: "3" },
      { tenant_id: "TEN-B", cost: "6", key_value: "2" },
    ]);
  });

  it("is previewed from what it was billed with, and from usage that only a candidate asks for", async () => {
    await world.use({ "TEN-C": "1" }, "egress_gb");
    const byEgress = nat({ keys: [{ metric_code: "egress_gb", weight: "1" }] });
    expect(await previewRules.run(world.call, { period: month("2025-09"), rules: [byEgress] })).toMatchObject({
      before_is_active_run: true,
      moved: "9",
    });
  });
});
