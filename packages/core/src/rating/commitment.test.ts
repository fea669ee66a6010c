import { describe, expect, it } from "vitest";
import { flat, rate, usage } from "../../testing/charges.ts";
import { day } from "../time/index.ts";

const september = { start: day("2025-09-01"), end: day("2025-09-30") };

describe("minimum and maximum", () => {
  it("a minimum makes a line of its own of what the rounded line lacks, which no discount touches", () => {
    const invoice = rate([usage("u", "9.997", "1", { minimumAmount: "20" })], { discounts: [{ percent: "50" }] });
    expect(invoice.lines.map((line) => [line.id, line.lineType, line.parentId, line.amount, line.discount])).toEqual([
      ["u", "usage", null, "10.00", "5.00"],
      ["u:minimum", "minimum", "u", "10.00", "0.00"],
    ]);
    expect(rate([usage("u", "9.997", "1", { minimumAmount: "10" })]).lines).toHaveLength(1);
  });

  it("a true-up carries the taxes of its line", () => {
    const invoice = rate([usage("u", "1", "1", { minimumAmount: "10" }), flat("other", "5")], {
      taxes: [{ name: "VAT", ratePercent: "20", lineIds: ["u"] }],
    });
    expect([invoice.taxes[0]?.base, invoice.tax]).toEqual(["10.00", "2.00"]);
  });

  it("a commitment over several lines is compared with the sum of those that count", () => {
    const lines = [usage("a", "10", "1"), usage("b", "20", "1"), flat("base", "500")];
    const commitment = { id: "commitment", title: "Commitment", amount: "100", lineIds: ["a", "b"] };
    expect(rate(lines, { commitments: [commitment] }).lines.at(-1)).toMatchObject({
      id: "commitment",
      amount: "70.00",
    });
    expect(rate(lines, { commitments: [{ ...commitment, earlierAmount: "70" }] }).lines).toHaveLength(3);
  });

  it("a maximum cuts the line, with a step that says by how much", () => {
    const [line] = rate([usage("u", "50", "1", { maximumAmount: "30" })]).lines;
    expect([line?.amount, line?.steps.at(-1)?.text, line?.steps.at(-1)?.amount]).toEqual([
      "30.00",
      "maximum 30",
      "-20",
    ]);
  });

  it("leave what was billed before in the cycle out of the room and of what is missing", () => {
    const earlier = { quantity: "7", amount: "70" };
    expect(rate([usage("u", "5", "10", { maximumAmount: "100", earlier })]).total).toBe("30.00");
    expect(rate([usage("u", "1", "10", { minimumAmount: "100", earlier })]).total).toBe("30.00");
  });

  it("scale with the days of service", () => {
    const service = { start: day("2025-09-16"), end: day("2025-09-30") };
    const half = { cycle: september, service };
    expect(rate([usage("u", "1", "1", { minimumAmount: "100", ...half })]).total).toBe("50.00");
    expect(rate([usage("u", "80", "1", { maximumAmount: "100", ...half })]).total).toBe("50.00");
  });

  it("that cross are refused", () => {
    expect(() => rate([usage("u", "1", "1", { minimumAmount: "2", maximumAmount: "1" })])).toThrow(
      "lines.0.minimum_amount: 2 is above the maximum 1",
    );
  });
});

describe("the factor of a segment", () => {
  const half = { cycle: september, service: { start: day("2025-09-01"), end: day("2025-09-15") } };

  it("never scales usage, but the peak of a peak metric", () => {
    expect(rate([usage("u", "10", "1", half)]).total).toBe("10.00");
    expect(rate([usage("u", "10", "1", { ...half, aggregation: "peak" })]).total).toBe("5.00");
  });

  it("scales the included quantity", () => {
    expect(rate([usage("u", "10", "1", { ...half, includedQuantity: "10" })]).total).toBe("5.00");
    expect(rate([usage("u", "10", "1", { ...half, includedQuantity: "4", aggregation: "peak" })]).total).toBe("3.00");
  });
});
