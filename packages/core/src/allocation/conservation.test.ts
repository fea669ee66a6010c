import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyAllocation as input, anyGroup as group } from "../../testing/allocation-arbitraries.ts";
import { allocate } from "./allocate.ts";
import type { AllocationInput } from "./plan.ts";

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

describe("conservation", () => {
  it("holds per service and per pool, to the last unit, for any pools, rules, weights and tags", () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = allocate(given);
        for (const service of new Set(given.costs.map((line) => line.service))) {
          const lines = sum(given.costs.filter((line) => line.service === service).map((line) => line.cost));
          expect(sum(plan.rows.filter((row) => row.service === service).map((row) => row.cost))).toBe(lines);
          const of = plan.perService.find((totals) => totals.service === service);
          expect(of && of.direct + of.allocated + of.overhead + of.untagged).toBe(lines);
        }
        for (const pool of plan.pools)
          expect(sum(plan.rows.filter((row) => row.poolNo === pool.poolNo).map((row) => row.cost))).toBe(pool.cost);
        expect(plan.totals.total).toBe(sum(given.costs.map((line) => line.cost)));
      }),
      { numRuns: 400 },
    );
  });

  it("never charges a tenant that is closed, synthetic or unknown", () => {
    fc.assert(
      fc.property(input, (given) => {
        const payable = new Set(
          given.tenants.filter((one) => one.status !== "closed" && !one.isSynthetic).map((one) => one.tenantId),
        );
        for (const row of allocate(given).rows) if (row.tenantId !== null) expect(payable.has(row.tenantId)).toBe(true);
      }),
    );
  });

  it("gives the same digest whatever the order of lines, tenants, usage and rules", () => {
    const shuffled = input.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray([...given.costs], { minLength: given.costs.length }),
        fc.shuffledSubarray([...given.tenants], { minLength: given.tenants.length }),
        fc.shuffledSubarray([...given.usage], { minLength: given.usage.length }),
        fc.shuffledSubarray([...given.rules], { minLength: given.rules.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([given, costs, others, values, rules]) => {
        const again = allocate({ ...given, costs, tenants: others, usage: values, rules });
        const first = allocate(given);
        expect(again.digest).toBe(first.digest);
        expect(again.findings).toEqual(first.findings);
      }),
    );
  });

  it("changes the digest when a single unit of cost moves", () => {
    const one = (units: bigint): AllocationInput => {
      const [base] = fc.sample(input, { seed: 1, numRuns: 1 });
      const [line] = fc.sample(group, { seed: 1, numRuns: 1 });
      if (!base || !line) throw new Error("no sample");
      return { ...base, costs: [{ ...line, cost: units }] };
    };
    expect(allocate(one(10n ** 21n + 1n)).digest).not.toBe(allocate(one(10n ** 21n)).digest);
  });
});
