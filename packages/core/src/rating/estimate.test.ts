import { describe, expect, it } from "vitest";
import { estimate, type EstimateAnswer } from "./estimate.ts";
import { estimateRequest, type EstimateRequestInput } from "./estimate-request.ts";

const slabs = [
  { up_to: "100", unit_price: "0.10", flat_fee: "0" },
  { up_to: null, unit_price: "0.07" },
];
const egress = { id: "egress", quantity: "450", price: { model: "graduated" as const, slabs } };
const request = (over: Partial<EstimateRequestInput> = {}): EstimateRequestInput => ({
  currency: "USD",
  lines: [egress],
  ...over,
});
const run = (input: EstimateRequestInput): EstimateAnswer => estimate(estimateRequest.parse(input));

describe("an estimate", () => {
  it("answers lines with their slabs, and totals in the order of an invoice", () => {
    const answer = run({
      currency: "USD",
      lines: [
        {
          ...egress,
          included_quantity: "0",
          minimum_amount: null,
          maximum_amount: null,
          cycle: { start: "2025-09-01", end: "2025-09-30" },
          service: { start: "2025-09-10", end: "2025-09-30" },
        },
      ],
      discounts: [{ percent: "10" }, { amount: "5.00" }],
      taxes: [{ name: "VAT", rate_percent: "20" }],
    });
    expect(answer).toMatchObject({
      currency: "USD",
      lines: [{ id: "egress", amount: "33.60", amount_exact: "33.6" }],
      gross: "33.60",
      discount: "8.36",
      subtotal: "25.24",
      taxes: [{ name: "VAT", base: "25.24", amount: "5.05" }],
      tax: "5.05",
      total: "30.29",
    });
    expect(answer.lines[0]?.steps).toEqual([
      { text: "first 70", from: "0", to: "70", quantity: "70", unit_price: "0.1", flat_fee: "0", amount: "7" },
      { text: "over 70", from: "70", to: null, quantity: "380", unit_price: "0.07", flat_fee: "0", amount: "26.6" },
    ]);
  });

  it("reads numbers by their shortest text", () => {
    const price = { model: "per_unit" as const, unit_price: 0.1 };
    expect(run({ currency: "USD", lines: [{ id: "a", quantity: 3, price }] }).lines[0]?.amount_exact).toBe("0.3");
  });

  it("takes null for what is left out", () => {
    const open = (price: EstimateRequestInput["lines"][number]["price"]) =>
      run({
        currency: "USD",
        lines: [{ id: "a", quantity: "10", events: "2", cost: "4", price }],
        discounts: null,
        taxes: null,
      }).total;
    expect(open({ model: "graduated", slabs: [{ up_to: null, unit_price: "2", flat_fee: null }] })).toBe("20.00");
    expect(open({ model: "stairstep", slabs: [{ up_to: "4", flat_fee: "1" }, { flat_fee: "7" }] })).toBe("7.00");
    expect(open({ model: "volume", slabs: [{ up_to: null, unit_price: null, flat_fee: "3" }] })).toBe("3.00");
    expect(open({ model: "package", size: "4", package_price: "1", free_units: null })).toBe("3.00");
    expect(open({ model: "percentage", rate_percent: "5", fixed_fee: null, free_events: null })).toBe("0.50");
    expect(open({ model: "cost_plus", markup_percent: null, fee: null })).toBe("4.00");
  });

  it("refuses a percentage whose minimum is above its maximum", () => {
    const price = { model: "percentage", rate_percent: "5", min_per_event: "3", max_per_event: "1" } as const;
    const parsed = estimateRequest.safeParse({
      currency: "USD",
      lines: [{ id: "a", base_amount: "10", events: "1", price }],
    });
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual(["lines.0.price.min_per_event"]);
  });

  it("has the decimals of its currency", () => {
    expect(run(request({ currency: "JPY" })).total).toBe("35");
    expect(run(request({ currency: "KWD" })).total).toBe("34.500");
  });

  it("compares scenarios over the same prices with the request, and each with what is paid today", () => {
    const answer = run(
      request({
        scenarios: [
          { name: "half as much again", growth_percent: 50 },
          { name: "given", quantities: { egress: "100" } },
        ],
        current: { lines: [{ id: "flat", price: { model: "flat", amount: "40" } }] },
      }),
    );
    expect(answer.comparison).toEqual({ current_total: "40.00", difference: "-5.50", difference_percent: "-13.75" });
    expect(
      answer.scenarios?.map((each) => [each.name, each.total, each.difference.difference, each.comparison?.difference]),
    ).toEqual([
      ["half as much again", "50.25", "15.75", "10.25"],
      ["given", "10.00", "-24.50", "-30.00"],
    ]);
  });

  it("refuses a scenario for a line that is not there, or that shrinks below nothing", () => {
    expect(() => run(request({ scenarios: [{ name: "x", quantities: { other: "1" } }] }))).toThrow(
      "scenarios.0.quantities.other",
    );
    expect(() => run(request({ scenarios: [{ name: "x", growth_percent: "-101" }] }))).toThrow(
      "scenarios.0.growth_percent",
    );
  });
});

describe("an estimate is refused with the path of the field:", () => {
  const line = (over: object): unknown => ({ currency: "USD", lines: [{ ...egress, ...over }] });
  const price = (spec: object): unknown => line({ price: spec });
  const bounds = (...list: (string | null)[]): unknown =>
    price({ model: "graduated", slabs: list.map((up_to) => ({ up_to, unit_price: "1" })) });

  it.each([
    ["currency", { ...request(), currency: "usd" }, /ISO 4217/],
    ["lines", { currency: "USD", lines: [] }, /at least one line/],
    ["lines.0.quantity", line({ quantity: "-1" }), /negative/],
    ["lines.0.quantity", line({ quantity: "many" }), /not a decimal/],
    ["lines.0.quantity", line({ quantity: undefined }), /needs a quantity/],
    ["lines.0.price.model", price({ model: "free" }), /./],
    ["lines.0.price.slabs.1.up_to", bounds("100", "100", null), /slab 2/],
    ["lines.0.price.slabs.0.up_to", bounds("0", null), /slab 1/],
    ["lines.0.price.slabs.0.up_to", bounds(null, "100"), /slab 1/],
    ["lines.0.price.slabs.1.up_to", bounds("50", "100"), /slab 2/],
    ["lines.0.price.size", price({ model: "package", size: "0", package_price: "1" }), /more than 0/],
    ["lines.0.cost", price({ model: "cost_plus", markup_percent: "1" }), /allocated cost/],
    ["lines.0.cycle.start", line({ cycle: { start: "2025-02-30", end: "2025-03-01" } }), /calendar day/],
    ["lines.0.cycle.end", line({ cycle: { start: "2025-03-02", end: "2025-03-01" } }), /before it starts/],
    [
      "lines.0.service",
      line({ cycle: { start: "2025-09-01", end: "2025-09-30" }, service: { start: "2025-09-10", end: "2025-10-01" } }),
      /within the cycle/,
    ],
    ["lines.1.id", { currency: "USD", lines: [egress, egress] }, /twice/],
    ["discounts.0", { ...request(), discounts: [{ percent: "1", amount: "1" }] }, /either/],
    ["taxes.0.rate_percent", { ...request(), taxes: [{ name: "VAT", rate_percent: "-1" }] }, /negative/],
  ])("%s", (path, input, reason) => {
    const parsed = estimateRequest.safeParse(input);
    expect(parsed.error?.issues.map((issue) => [issue.path.join("."), issue.message])).toContainEqual([
      path,
      expect.stringMatching(reason),
    ]);
  });
});
