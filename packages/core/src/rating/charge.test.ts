import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, Problem } from "../kernel/index.ts";
import { exact, isNegative, parseMoney, roundMoney, sumMoney } from "../money/index.ts";
import { flat, rate, usage } from "../../testing/charges.ts";
import { day } from "../time/index.ts";
import { rateCharges } from "./charge.ts";
import type { RateInput } from "./rate-input.ts";
import type { RatedInvoice } from "./rated-invoice.ts";

const september = { start: day("2025-09-01"), end: day("2025-09-30") };

const cents = fc
  .integer({ min: 0, max: 5_000_000 })
  .map((n) => `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, "0")}`);
const percent = fc.integer({ min: 0, max: 100 }).map(String);
const anyInvoice: fc.Arbitrary<RateInput> = fc.record({
  currency: fc.constantFrom("USD", "JPY", "KWD"),
  lines: fc
    .array(
      fc.record({ amount: cents, negative: fc.boolean(), isTaxable: fc.boolean(), isDiscountable: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((list) =>
      list.map(({ amount, negative, ...flags }, index) =>
        flat(`l${index}`, negative && index > 0 ? `-${amount}` : amount, flags),
      ),
    ),
  discounts: fc.array(fc.oneof(fc.record({ percent }), fc.record({ amount: cents })), { maxLength: 4 }),
  taxes: fc.array(fc.record({ name: fc.constantFrom("VAT", "City"), ratePercent: percent }), { maxLength: 3 }),
  isTaxInclusive: fc.boolean(),
});
const money = (invoice: RatedInvoice, text: string): bigint =>
  parseMoney(text, invoice.currency === "JPY" ? "JPY" : invoice.currency === "KWD" ? "KWD" : "USD").minor;
const sum = (invoice: RatedInvoice, texts: readonly string[]): bigint =>
  texts.reduce((a, text) => a + money(invoice, text), 0n);

describe("the order of an invoice", () => {
  it("is lines, discounts, subtotal, tax, total", () => {
    const invoice = rate(
      [
        {
          id: "egress",
          lineType: "usage",
          title: "Egress",
          quantity: "450",
          price: {
            model: "graduated",
            slabs: [
              { up_to: "100", unit_price: "0.10", flat_fee: "0" },
              { up_to: null, unit_price: "0.07", flat_fee: "0" },
            ],
          },
          cycle: september,
          service: { start: day("2025-09-10"), end: day("2025-09-30") },
        },
      ],
      { discounts: [{ percent: "10" }, { amount: "5.00" }], taxes: [{ name: "VAT", ratePercent: "20" }] },
    );
    const { gross, discount, subtotal, tax, total } = invoice;
    expect({ gross, discount, subtotal, tax, total }).toEqual({
      gross: "33.60",
      discount: "8.36",
      subtotal: "25.24",
      tax: "5.05",
      total: "30.29",
    });
    expect(invoice.lines[0]?.steps.map((step) => [step.text, step.to])).toEqual([
      ["first 70", "70"],
      ["over 70", null],
    ]);
  });

  it("adds up: gross is the lines, total is subtotal and tax, shares are the discount, discounts never exceed what is positive", () => {
    fc.assert(
      fc.property(anyInvoice, (input) => {
        const invoice = rateCharges(input);
        const { lines } = invoice;
        expect(
          sum(
            invoice,
            lines.map((line) => line.amount),
          ),
        ).toBe(money(invoice, invoice.gross));
        expect(
          sum(
            invoice,
            lines.map((line) => line.discount),
          ),
        ).toBe(money(invoice, invoice.discount));
        expect(
          sum(
            invoice,
            invoice.discounts.map((discount) => discount.amount),
          ),
        ).toBe(money(invoice, invoice.discount));
        expect(
          sum(
            invoice,
            invoice.taxes.map((tax) => tax.amount),
          ),
        ).toBe(money(invoice, invoice.tax));
        expect(sum(invoice, [invoice.subtotal, invoice.tax])).toBe(money(invoice, invoice.total));
        const net = money(invoice, invoice.gross) - money(invoice, invoice.discount);
        expect(net).toBe(money(invoice, invoice.isTaxInclusive ? invoice.total : invoice.subtotal));
        for (const line of lines) {
          const [amount, share] = [money(invoice, line.amount), money(invoice, line.discount)];
          expect(share >= 0n && share <= (amount > 0n && line.isDiscountable ? amount : 0n)).toBe(true);
        }
      }),
    );
  });

  it("rounds each line once, half away from zero, and keeps the unrounded amount beside it", () => {
    const [line] = rate([usage("u", "25", "0.333")]).lines;
    expect([line?.amount, line?.amountExact, line?.unitPrice]).toEqual(["8.33", "8.325", "0.333"]);
    expect(rate([usage("u", "3", "0.5")], { currency: "JPY" }).total).toBe("2");
    fc.assert(
      fc.property(cents, cents, (quantity, price) => {
        const [rated] = rate([usage("u", quantity, price)]).lines;
        expect(parseMoney(rated?.amount ?? "", "USD")).toEqual(roundMoney(exact(rated?.amountExact ?? ""), "USD"));
      }),
    );
  });

  it("is plain data with a digest: the same input, the same digest", () => {
    const once = rate([flat("a", "10")]);
    expect(digestOf(once)).toBe(digestOf(rate([flat("a", "10")])));
    expect(digestOf(once)).not.toBe(digestOf(rate([flat("a", "10.01")])));
  });
});

describe("refusals name the field", () => {
  it.each<[string, RateInput]>([
    ["lines.0.quantity", { currency: "USD", lines: [usage("u", "-1", "1")] }],
    ["lines.1.id", { currency: "USD", lines: [flat("a", "1"), flat("a", "2")] }],
    ["currency", { currency: "XYZ1", lines: [] }],
    [
      "lines.0.dimensions.tier",
      { currency: "USD", lines: [{ ...flat("a", "1"), price: { model: "matrix", dimensions: ["tier"], cells: [] } }] },
    ],
    ["discounts.0", { currency: "USD", lines: [flat("a", "1")], discounts: [{}] }],
    [
      "discounts.1.percent",
      { currency: "USD", lines: [flat("a", "1")], discounts: [{ amount: "1" }, { percent: "101" }] },
    ],
    [
      "discounts.0.line_ids",
      { currency: "USD", lines: [flat("a", "1")], discounts: [{ amount: "1", lineIds: ["b"] }] },
    ],
    ["taxes.0.rate_percent", { currency: "USD", lines: [flat("a", "1")], taxes: [{ name: "VAT", ratePercent: "-1" }] }],
    [
      "taxes.0.line_ids",
      { currency: "USD", lines: [flat("a", "1")], taxes: [{ name: "VAT", ratePercent: "1", lineIds: ["b"] }] },
    ],
  ])("%s", (field, input) => {
    const refused = ((): unknown => {
      try {
        return rateCharges(input);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ kind: "invalid", details: [{ field }] });
  });
});

it("a credit line is negative and takes no discount", () => {
  const invoice = rate([flat("base", "10"), flat("credit", "-4", { lineType: "credit" })], {
    discounts: [{ percent: "50" }],
  });
  expect([invoice.gross, invoice.discount, invoice.total]).toEqual(["6.00", "5.00", "1.00"]);
  expect(isNegative(exact(invoice.lines[1]?.amount ?? "0"))).toBe(true);
  expect(
    sumMoney(
      "USD",
      invoice.lines.map((line) => parseMoney(line.discount, "USD")),
    ).minor,
  ).toBe(500n);
});
