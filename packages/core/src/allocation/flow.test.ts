import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyAllocation } from "../../testing/allocation-arbitraries.ts";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import { allocate } from "./allocate.ts";
import { costFlow, type FlowIn, type FlowOut } from "./flow.ts";
import { allocatePeriod, allocationFlow } from "./index.ts";
import type { AllocationPlan } from "./plan.ts";

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

const partsOf = (plan: AllocationPlan): { ins: FlowIn[]; outs: FlowOut[] } => ({
  ins: plan.pools.map(({ rule, ...pool }) => ({
    ...pool,
    ruleId: rule?.rule_id ?? null,
    ruleVersion: rule?.version ?? null,
  })),
  outs: plan.rows.map((row) => ({ ...row })),
});

describe("the flow of cost", () => {
  it("loses nothing between services, rules and bearers, however few tenants are shown", () => {
    fc.assert(
      fc.property(anyAllocation, fc.nat(6), (given, top) => {
        const plan = allocate(given);
        const { ins, outs } = partsOf(plan);
        const flow = costFlow(ins, outs, plan.totals.total, top);
        expect(flow.residuals).toEqual({ pooled: 0n, borne: 0n });
        for (const node of flow.nodes) {
          const entering = sum(flow.links.filter(({ target }) => target === node.id).map(({ amount }) => amount));
          const leaving = sum(flow.links.filter(({ source }) => source === node.id).map(({ amount }) => amount));
          expect(node.residual).toBe(0n);
          expect(node.layer === "service" ? leaving : entering).toBe(node.amount);
        }
        expect(flow.nodes.filter(({ id }) => id.startsWith("tenant:")).length).toBeLessThanOrEqual(top);
      }),
      { numRuns: 150 },
    );
  });

  it("shows what is lost as a residual, where it is lost", () => {
    const route = { reason: "rule" as const, ruleId: "nat", ruleVersion: 1 };
    const flow = costFlow(
      [{ ...route, service: "AmazonEC2", cost: 10n }],
      [{ ...route, tenantId: null, kind: "overhead", cost: 7n }],
      12n,
      5,
    );
    expect(flow.residuals).toEqual({ pooled: 2n, borne: 5n });
    expect(flow.nodes.find(({ id }) => id === "rule:nat@1")?.residual).toBe(3n);
  });
});

describe("the flow of a stored allocation", () => {
  let world: AllocationWorld;
  beforeAll(async () => {
    world = await allocationWorld();
    await world.deliver("CUR-1", LINES);
    await world.use({ "TEN-A": "1", "TEN-B": "2" });
    await allocatePeriod.run(world.call, { period: "2025-09" });
  });
  afterAll(() => world.database.close());

  it("goes from services through rules and reasons to tenants, operator and untagged", async () => {
    const flow = await allocationFlow.run(world.call, { period: "2025-09", top: 1 });
    expect(flow).toMatchObject({ total: "28.750000000001", residuals: { pooled: "0", borne: "0" }, other_tenants: 1 });
    expect(flow.links).toEqual(
      expect.arrayContaining([
        { source: "service:AmazonEC2", target: "rule:nat-gb@1", amount: "3" },
        { source: "rule:nat-gb@1", target: "tenant:TEN-A", amount: "1" },
        { source: "rule:nat-gb@1", target: "other_tenants", amount: "2" },
        { source: "route:tag", target: "tenant:TEN-A", amount: "15.000000000001" },
        { source: "route:no_rule", target: "untagged", amount: "1.25" },
        { source: "route:tax", target: "operator", amount: "2.5" },
      ]),
    );
  });
});
