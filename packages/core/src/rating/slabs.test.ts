import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Slab } from "../catalog/index.ts";
import { add, compare, type Exact, exact, multiply, ONE, sumExact, toText, ZERO } from "../money/index.ts";
import { rateGraduated, rateStairstep, rateVolume, slabIndexOf } from "./slabs.ts";
import type { Measure } from "./step.ts";

const measure = (quantity: string | Exact, over: Partial<Measure> = {}): Measure => ({
  quantity: typeof quantity === "string" ? exact(quantity) : quantity,
  included: ZERO,
  factor: ONE,
  earlier: undefined,
  baseAmount: undefined,
  events: undefined,
  eventAmounts: undefined,
  cost: undefined,
  ...over,
});
const slab = (up_to: string | null, unit_price: string, flat_fee = "0"): Slab => ({ up_to, unit_price, flat_fee });
const amountOf = (rated: { readonly amountExact: Exact }): string => toText(rated.amountExact);

const decimal = fc.bigInt({ min: 0n, max: 10n ** 9n }).map((units) => ({ n: units, d: 1000n }));
const decimalText = decimal.map((value) => toText(value));
const someSlabs = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 6 }),
    fc.array(decimalText, { minLength: 14, maxLength: 14 }),
  )
  .map(([bounds, prices]): Slab[] =>
    [...bounds.toSorted((a, b) => a - b).map(String), null].map((bound, index) =>
      slab(bound, prices[2 * index] ?? "0", prices[2 * index + 1] ?? "0"),
    ),
  );
const quantity = fc.bigInt({ min: 0n, max: 20_000_000n }).map((units) => exact(toText({ n: units, d: 1000n })));

const tiers = [slab("100", "0.10"), slab("500", "0.07"), slab(null, "0.05")];
const fees = [slab("5", "1", "100"), slab("10", "2", "50"), slab(null, "3", "10")];

describe("graduated", () => {
  it("charges each slab's units at that slab's price and says so in words", () => {
    const rated = rateGraduated(tiers, measure("600"));
    expect(amountOf(rated)).toBe("43");
    expect(
      rated.steps.map((step) => [step.text, step.from, step.to, step.quantity, step.unit_price, step.amount]),
    ).toEqual([
      ["first 100", "0", "100", "100", "0.1", "10"],
      ["next 400", "100", "500", "400", "0.07", "28"],
      ["over 500", "500", null, "100", "0.05", "5"],
    ]);
  });

  it("includes a slab's upper bound in the slab", () => {
    expect(rateGraduated(tiers, measure("100")).steps).toHaveLength(1);
    expect(amountOf(rateGraduated(fees, measure("5")))).toBe("105");
    expect(amountOf(rateGraduated(fees, measure("5.001")))).toBe("155.002");
  });

  it("charges the first flat fee at zero usage too, the others once their slab is entered", () => {
    expect(amountOf(rateGraduated(fees, measure("0")))).toBe("100");
    expect(amountOf(rateGraduated(fees, measure("12")))).toBe(toText(exact(5 + 10 + 6 + 160)));
  });

  it("adds its steps up to the amount, and their quantities to the quantity", () => {
    fc.assert(
      fc.property(someSlabs, quantity, (slabs, units) => {
        const rated = rateGraduated(slabs, measure(units));
        expect(sumExact(rated.steps.map((step) => exact(step.amount)))).toEqual(rated.amountExact);
        expect(sumExact(rated.steps.map((step) => exact(step.quantity)))).toEqual(units);
      }),
    );
  });

  it("never falls when usage rises", () => {
    fc.assert(
      fc.property(someSlabs, quantity, quantity, (slabs, units, more) => {
        const [low, high] = [rateGraduated(slabs, measure(units)), rateGraduated(slabs, measure(add(units, more)))];
        expect(compare(high.amountExact, low.amountExact)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("rated in two parts of a cycle comes to the same as at once", () => {
    fc.assert(
      fc.property(someSlabs, quantity, quantity, (slabs, first, second) => {
        const whole = rateGraduated(slabs, measure(add(first, second)));
        const parts = [rateGraduated(slabs, measure(first)), rateGraduated(slabs, measure(second, { earlier: first }))];
        expect(sumExact(parts.map((part) => part.amountExact))).toEqual(whole.amountExact);
      }),
    );
  });

  it("starts its slabs after the included units", () => {
    const rated = rateGraduated(tiers, measure("650", { included: exact("50") }));
    expect(amountOf(rated)).toBe("43");
    expect(rated.steps.map((step) => step.text)).toEqual(["first 100", "next 400", "over 500"]);
    expect(amountOf(rateGraduated(tiers, measure("40", { included: exact("50") })))).toBe("0");
  });

  it("scales slab bounds and fees by the factor, the units and their prices never", () => {
    const factor = exact("0.7");
    expect(amountOf(rateGraduated(tiers, measure("450", { factor })))).toBe("31.6");
    expect(amountOf(rateGraduated(fees, measure("0", { factor })))).toBe("70");
  });
});

describe("volume", () => {
  it("charges all units at the price of the slab the total falls in, plus that slab's fee", () => {
    expect(amountOf(rateVolume(tiers, measure("100")))).toBe("10");
    expect(amountOf(rateVolume(tiers, measure("101")))).toBe("7.07");
    expect(amountOf(rateVolume(fees, measure("6")))).toBe("62");
    expect(rateVolume(fees, measure("6")).steps[0]?.text).toBe("all 6, in slab 2 (next 5)");
  });

  it("is one step that comes to the amount", () => {
    fc.assert(
      fc.property(someSlabs, quantity, (slabs, units) => {
        const rated = rateVolume(slabs, measure(units));
        const held = slabs[slabIndexOf(slabs, units)];
        expect(rated.amountExact).toEqual(
          add(multiply(units, exact(held?.unit_price ?? "")), exact(held?.flat_fee ?? "")),
        );
        expect(rated.steps.map((step) => exact(step.amount))).toEqual([rated.amountExact]);
      }),
    );
  });

  it("prices the units beyond the included ones", () => {
    expect(amountOf(rateVolume(tiers, measure("150", { included: exact("50") })))).toBe("10");
  });
});

describe("stairstep", () => {
  it("charges the flat fee of the slab that holds the total, whatever the units", () => {
    expect(["0", "5", "6", "10", "11"].map((units) => amountOf(rateStairstep(fees, measure(units))))).toEqual([
      "100",
      "100",
      "50",
      "50",
      "10",
    ]);
  });

  it("scales the fee and the bounds", () => {
    expect(amountOf(rateStairstep(fees, measure("5", { factor: exact("0.5") })))).toBe("25");
  });
});

it("slabs that do not end open are refused with the slab named", () => {
  expect(() => rateGraduated([slab("5", "1")], measure("1"))).toThrow(/slab 1 is the last one and must be open/);
  expect(() => rateVolume([], measure("1"))).toThrow(/open/);
});
