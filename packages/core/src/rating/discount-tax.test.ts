import { describe, expect, it } from "vitest";
import { rateCharges } from "./charge.ts";
import type { ChargeInput, DiscountInput, RateInput, TaxInput } from "./rate-input.ts";
import type { RatedInvoice } from "./rated-invoice.ts";

const line = (id: string, amount: string, over: Partial<ChargeInput> = {}): ChargeInput => ({
  id,
  lineType: "base",
  title: id,
  price: { model: "flat", amount },
  ...over,
});
const rate = (lines: readonly ChargeInput[], over: Omit<RateInput, "currency" | "lines">): RatedInvoice =>
  rateCharges({ currency: "USD", lines, ...over });
const shares = (lines: readonly ChargeInput[], discounts: readonly DiscountInput[]): string[] =>
  rate(lines, { discounts }).lines.map((entry) => entry.discount);
const vat = (ratePercent: string, over: Partial<TaxInput> = {}): TaxInput => ({ name: "VAT", ratePercent, ...over });

describe("discounts", () => {
  it("percentages come one after the other on what is left, then the fixed amounts, whatever their order", () => {
    const discounts = [{ amount: "5" }, { percent: "10" }, { percent: "50" }];
    expect(rate([line("a", "100")], { discounts }).discounts.map((discount) => discount.amount)).toEqual([
      "10.00",
      "45.00",
      "5.00",
    ]);
  });

  it("a percentage is rounded once on the lines together", () => {
    expect(rate([line("a", "1"), line("b", "1")], { discounts: [{ percent: "33.33" }] }).discount).toBe("0.67");
  });

  it("are spread by largest remainder, ties to the lower id", () => {
    expect(shares([line("a", "3.33"), line("b", "3.33"), line("c", "3.34")], [{ amount: "1" }])).toEqual([
      "0.33",
      "0.33",
      "0.34",
    ]);
    expect(shares([line("b", "1"), line("a", "1")], [{ amount: "0.01" }])).toEqual(["0.00", "0.01"]);
  });

  it("never go below zero", () => {
    const invoice = rate([line("a", "10"), line("b", "20")], { discounts: [{ amount: "400" }] });
    expect([invoice.discount, invoice.total]).toEqual(["30.00", "0.00"]);
  });

  it("leave out lines that are not discountable, and reach only the lines they name", () => {
    expect(shares([line("a", "10", { isDiscountable: false }), line("b", "10")], [{ percent: "10" }])).toEqual([
      "0.00",
      "1.00",
    ]);
    expect(shares([line("a", "10"), line("b", "10")], [{ percent: "10", lineIds: ["a"] }])).toEqual(["1.00", "0.00"]);
  });
});

describe("taxes", () => {
  it("are taken once per name, jurisdiction, category and rate on the discounted lines", () => {
    const lines = [line("a", "0.03"), line("b", "0.03"), line("c", "10")];
    const taxes = [vat("20", { lineIds: ["a"] }), vat("20", { lineIds: ["b"] }), vat("5", { lineIds: ["c"] })];
    expect(rate(lines, { taxes }).taxes.map((tax) => [tax.ratePercent, tax.base, tax.amount])).toEqual([
      ["20", "0.06", "0.01"],
      ["5", "10.00", "0.50"],
    ]);
  });

  it("of different jurisdictions or categories stay apart", () => {
    const taxes = [vat("20", { jurisdiction: "FR" }), vat("20", { jurisdiction: "DE" }), vat("20", { category: "AE" })];
    expect(rate([line("a", "10")], { taxes }).taxes).toHaveLength(3);
  });

  it("leave out lines that are not taxable", () => {
    expect(rate([line("a", "10", { isTaxable: false }), line("b", "10")], { taxes: [vat("10")] }).tax).toBe("1.00");
  });

  it("contained in the price are amount x r / (100 + r), and the subtotal is what remains", () => {
    const invoice = rate([line("a", "100")], {
      taxes: [vat("10")],
      discounts: [{ amount: "10" }],
      isTaxInclusive: true,
    });
    expect([invoice.subtotal, invoice.tax, invoice.total, invoice.taxes[0]?.base]).toEqual([
      "81.82",
      "8.18",
      "90.00",
      "81.82",
    ]);
  });

  it("contained in one price share one base", () => {
    const taxes = [vat("9", { name: "CGST" }), vat("9", { name: "SGST" })];
    const invoice = rate([line("a", "118")], { taxes, isTaxInclusive: true });
    expect(invoice.taxes.map((tax) => [tax.base, tax.amount])).toEqual([
      ["100.00", "9.00"],
      ["100.00", "9.00"],
    ]);
    expect([invoice.subtotal, invoice.total]).toEqual(["100.00", "118.00"]);
  });
});
