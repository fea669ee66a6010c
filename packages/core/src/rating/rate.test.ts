import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PriceSpec, priceSpec } from "../catalog/index.ts";
import { exact, ONE, sumExact, toText, ZERO } from "../money/index.ts";
import { ratePrice } from "./rate.ts";
import type { Measure, Rated } from "./step.ts";

const price = (spec: unknown): PriceSpec => priceSpec.parse(spec);
const rate = (
  spec: unknown,
  over: Partial<Record<Exclude<keyof Measure, "eventAmounts">, string>> & { readonly each?: string[] },
  dimensions = {},
): Rated => {
  const read = (text: string | undefined) => (text === undefined ? undefined : exact(text));
  return ratePrice(
    price(spec),
    {
      quantity: exact(over.quantity ?? "0"),
      included: read(over.included) ?? ZERO,
      factor: read(over.factor) ?? ONE,
      earlier: read(over.earlier),
      baseAmount: read(over.baseAmount),
      events: read(over.events),
      eventAmounts: over.each?.map((text) => exact(text)),
      cost: read(over.cost),
    },
    dimensions,
  );
};
const amount = (...args: Parameters<typeof rate>): string => toText(rate(...args).amountExact);

describe("flat", () => {
  it("is one amount per cycle, scaled by the factor, whatever the quantity", () => {
    expect(amount({ model: "flat", amount: "99" }, { quantity: "5" })).toBe("99");
    expect(amount({ model: "flat", amount: "99" }, { factor: "0.5" })).toBe("49.5");
  });
});

describe("per_unit", () => {
  it("is quantity x price beyond the included units; neither scales", () => {
    expect(amount({ model: "per_unit", unit_price: "0.25" }, { quantity: "10" })).toBe("2.5");
    expect(amount({ model: "per_unit", unit_price: "0.25" }, { quantity: "10", included: "4" })).toBe("1.5");
    expect(amount({ model: "per_unit", unit_price: "0.25" }, { quantity: "3", included: "4" })).toBe("0");
    expect(amount({ model: "per_unit", unit_price: "0.25" }, { quantity: "10", factor: "0.5" })).toBe("2.5");
  });

  it("shows the included units as a step of their own that costs nothing", () => {
    const [included, rest] = rate({ model: "per_unit", unit_price: "1" }, { quantity: "10", included: "4" }).steps;
    expect([included?.text, included?.quantity, included?.amount]).toEqual(["included 4", "4", "0"]);
    expect([rest?.quantity, rest?.amount]).toEqual(["6", "6"]);
  });

  it("charges a later part of the cycle only for what the included units no longer cover", () => {
    expect(amount({ model: "per_unit", unit_price: "1" }, { quantity: "5", included: "4", earlier: "2" })).toBe("3");
  });
});

describe("package", () => {
  const packs = { model: "package", size: "10", package_price: "15", free_units: "5" };

  it("charges each started package of the units beyond the free ones", () => {
    expect(["0", "5", "5.001", "15", "15.001"].map((quantity) => amount(packs, { quantity }))).toEqual([
      "0",
      "0",
      "15",
      "15",
      "30",
    ]);
  });

  it("charges a later part of the cycle only for packages it starts", () => {
    expect(amount(packs, { quantity: "5", earlier: "10" })).toBe("0");
    expect(amount(packs, { quantity: "6", earlier: "10" })).toBe("15");
  });

  it("scales the free units, which are included ones, but neither size nor price", () => {
    expect(amount({ ...packs, free_units: "10" }, { quantity: "6", factor: "0.5" })).toBe("15");
  });
});

describe("percentage", () => {
  const terms = { model: "percentage", rate_percent: "2.9", fixed_fee: "0.30", free_events: "3" };

  it("is rate x base amount + fee x events beyond the free ones", () => {
    expect(amount(terms, { baseAmount: "800", events: "4" })).toBe("23.5");
    expect(amount(terms, { baseAmount: "800", events: "2" })).toBe("23.2");
  });

  it("takes the quantity for the base amount where none is given", () => {
    expect(amount({ model: "percentage", rate_percent: "2.9" }, { quantity: "4" })).toBe("0.116");
  });

  it("clamps each event where its amount is known", () => {
    const bounded = {
      model: "percentage",
      rate_percent: "2.99",
      fixed_fee: "2",
      min_per_event: "3",
      max_per_event: "12",
    };
    expect(amount(bounded, { each: ["10", "80", "10000"] })).toBe(toText(exact("19.392")));
  });

  it("clamps the whole to the bounds times the events where only the sum is known", () => {
    const bounded = { model: "percentage", rate_percent: "1", min_per_event: "2", max_per_event: "3" };
    expect(amount(bounded, { baseAmount: "100", events: "4" })).toBe("8");
    expect(amount(bounded, { baseAmount: "10000", events: "4" })).toBe("12");
    expect(amount(bounded, { baseAmount: "1000", events: "4" })).toBe("10");
  });

  it("is refused without the number of events where something is charged per event", () => {
    expect(() => amount(terms, { baseAmount: "800" })).toThrow(/^events: /);
  });
});

describe("matrix", () => {
  const runners = {
    model: "matrix",
    dimensions: ["tier"],
    cells: [
      { match: { tier: "Light" }, price: { model: "per_unit", unit_price: "0.1" } },
      { match: { tier: "Pro" }, price: { model: "flat", amount: "7" } },
    ],
  };

  it("charges by the cell of the line's dimensions", () => {
    expect(amount(runners, { quantity: "10" }, { tier: "Light" })).toBe("1");
    expect(amount(runners, { quantity: "10" }, { tier: "Pro" })).toBe("7");
  });

  it("is refused where no cell fits, or the dimension is not said", () => {
    expect(() => amount(runners, { quantity: "10" }, { tier: "Gold" })).toThrow(/no cell for tier Gold/);
    expect(() => amount(runners, { quantity: "10" })).toThrow(/^dimensions\.tier: /);
  });
});

describe("cost_plus", () => {
  it("is the cost x (1 + markup) + fee, of which only the fee scales", () => {
    const terms = { model: "cost_plus", markup_percent: "20", fee: "10" };
    expect(amount(terms, { cost: "100" })).toBe("130");
    expect(amount(terms, { cost: "100", factor: "0.5" })).toBe("125");
    expect(amount(terms, { cost: "0.000000000001" })).toBe(toText(exact("10.0000000000012")));
  });

  it("is refused without a cost", () => {
    expect(() => amount({ model: "cost_plus" }, {})).toThrow(/^cost: /);
  });
});

it("a flat, volume or stairstep price of a later part is what the whole comes to less what came before", () => {
  const slabs = [
    { up_to: "10", unit_price: "2", flat_fee: "5" },
    { up_to: null, unit_price: "1", flat_fee: "0" },
  ];
  expect(amount({ model: "volume", slabs }, { quantity: "6", earlier: "6" })).toBe("-5");
  expect(amount({ model: "stairstep", slabs }, { quantity: "1", earlier: "6" })).toBe("0");
  expect(amount({ model: "flat", amount: "9" }, { quantity: "1", earlier: "6" })).toBe("0");
});

it("the steps of every model add up to its amount", () => {
  const specs: unknown[] = [
    { model: "flat", amount: "12.5" },
    { model: "per_unit", unit_price: "0.003" },
    { model: "package", size: "7", package_price: "1.1", free_units: "3" },
    { model: "percentage", rate_percent: "1.5", fixed_fee: "0.2", free_events: "2", max_per_event: "0.7" },
    { model: "cost_plus", markup_percent: "12.5", fee: "3" },
  ];
  const whole = fc.integer({ min: 0, max: 5000 }).map(String);
  fc.assert(
    fc.property(fc.constantFrom(...specs), whole, whole, whole, (spec, quantity, events, cost) => {
      const rated = rate(spec, { quantity, events, cost });
      expect(sumExact(rated.steps.map((step) => exact(step.amount)))).toEqual(rated.amountExact);
    }),
  );
});
