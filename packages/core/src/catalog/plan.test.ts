import { describe, expect, test } from "vitest";
import { checkPlan, planInput } from "./plan.ts";

const plan = (over: object = {}) =>
  planInput.parse({
    plan_code: "team",
    plan_family: "standard",
    version: "1",
    currency: "USD",
    base_price_usd: 100,
    base_seats: 5,
    effective_from: "2026-01-01",
    ...over,
  });
const charging = (price: object) =>
  plan({ charges: [{ sku_code: "egress", title: "Egress", metric_code: "egress_gb", price }] });
const perUnit = { model: "per_unit", unit_price: "0.1" };

describe("a plan", () => {
  test("has a version that may be written as a number", () => {
    expect(plan({ version: 2 }).version).toBe("2");
  });

  test("charges each SKU once, and usage by a metric of the catalogue", () => {
    const charge = { sku_code: "egress", title: "Egress", metric_code: "egress_gb", price: perUnit };
    expect(() => checkPlan(plan({ charges: [charge, charge] }))).toThrow(/stands twice/);
    expect(() => checkPlan(plan({ charges: [{ ...charge, metric_code: null }] }))).toThrow(/needs the metric/);
    expect(() => checkPlan(plan({ entitlements: { metrics_caps: { smiles: 1 } } }))).toThrow(/not a metric/);
    expect(() => checkPlan(plan({ charges: [charge] }))).not.toThrow();
  });

  test("is not published with a price that its usage could never be billed by", () => {
    const matrix = { model: "matrix", dimensions: ["tier"], cells: [{ match: { tier: "Pro" }, price: perUnit }] };
    expect(() => checkPlan(charging(matrix))).toThrow(/no dimensions/);
    const percentage = { model: "percentage", rate_percent: "2" };
    expect(() => checkPlan(charging(percentage))).not.toThrow();
    for (const perEvent of [{ fixed_fee: "1" }, { min_per_event: "0" }, { max_per_event: "5" }])
      expect(() => checkPlan(charging({ ...percentage, ...perEvent }))).toThrow(/not counted in events/);
  });

  test("charges nothing negative for itself, its seats or its commitment", () => {
    for (const field of ["base_price_usd", "seat_price_usd", "minimum_commitment_usd"])
      expect(() => plan({ [field]: "-1" })).toThrow(/must not be negative/);
  });

  test("does not end before it starts", () => {
    expect(() => checkPlan(plan({ effective_to: "2025-12-31" }))).toThrow(/before effective_from/);
  });
});
