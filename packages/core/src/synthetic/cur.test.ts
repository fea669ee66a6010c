import { afterAll, beforeAll, expect, test } from "vitest";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { costQuality, costSummary, importCur } from "../cost/index.ts";
import type { PlanCode, TenantId } from "../kernel/index.ts";
import { month } from "../time/index.ts";
import { generateCur, generateUsage, type SyntheticTenant } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

const tenants: SyntheticTenant[] = [1, 2, 3].map((size) => ({
  tenantId: `TEN-${size}` as TenantId,
  planCode: "team" as PlanCode,
  size,
}));
const recipe = { seed: 7, month: month("2026-02"), tenants, rows: 4000 };
const textOf = (seed: number): string => [...generateCur({ ...recipe, seed })].join("");

test("the same seed gives the same bytes, another seed others", () => {
  expect(textOf(7)).toBe(textOf(7));
  expect(textOf(8)).not.toBe(textOf(7));
  expect(generateUsage(recipe)).toEqual(generateUsage(recipe));
});

test("a synthetic month is a final delivery without a finding, with every kind of line, and AWS's identity closes to the last digit", async () => {
  const call = callAs(world, actorOf("platform_engineer"));
  const [result] = await importCur.run(call, { path: await place(world.folder, "month.csv", textOf(7)) });
  expect(result).toMatchObject({ period: "2026-02", status: "active", is_final: true, findings: [] });
  const quality = await costQuality.run(call, { period: "2026-02" });
  expect(quality.identity.map((check) => check.difference)).toEqual(["0.000000000000"]);
  const types = (await costSummary.run(call, { period: "2026-02", by: "line_item_type" })).groups.map(
    (group) => group.key["line_item_type"] ?? "",
  );
  expect(types).toEqual(
    expect.arrayContaining([
      "Credit",
      "DiscountedUsage",
      "EdpDiscount",
      "Fee",
      "RIFee",
      "Refund",
      "SavingsPlanCoveredUsage",
      "SavingsPlanNegation",
      "SavingsPlanRecurringFee",
      "Tax",
      "Usage",
    ]),
  );
  const tagged = (await costSummary.run(call, { period: "2026-02", by: "tenant" })).groups.map(
    (group) => group.key["tenant"] ?? "(none)",
  );
  expect(tagged.toSorted()).toEqual(["(none)", "TEN-1", "TEN-2", "TEN-3"]);
});
