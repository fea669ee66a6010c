import { exact, scaled, splitByWeight, subtract, sumExact, toText } from "@commops/core/money";
import {
  type ChargeInput,
  type DiscountInput,
  rateCharges,
  type RatedInvoice,
  type TaxInput,
} from "@commops/core/rating";
import type { Answer } from "./compare.ts";
import { type Fields, MINOR } from "./fields.ts";

const idOf = (index: number): string => String(index).padStart(6, "0");

const taxesOn = (lineIds: readonly string[], rates: readonly string[], label: string): TaxInput[] =>
  rates.map((ratePercent, index) => ({ name: `${label} ${index + 1}`, ratePercent, lineIds }));

const discountOf = (discount: Fields | undefined, lineIds?: readonly string[]): DiscountInput[] => {
  if (!discount) return [];
  const scope = lineIds ? { lineIds, name: `item ${lineIds.join(" ")}` } : {};
  return [
    discount.has("percent")
      ? { percent: discount.text("percent"), ...scope }
      : { amount: discount.text("fixed"), ...scope },
  ];
};

/** Items with their own discounts and taxes, a discount and taxes of the invoice, and a surcharge that no discount touches. */
const invoiceOf = (inputs: Fields): RatedInvoice => {
  const items = inputs.list("items").map((item, index) => ({ item, id: idOf(index) }));
  const surcharge = inputs.child("surcharge");
  const lines = items.map(({ item, id }): ChargeInput => ({
    id,
    lineType: "usage",
    title: id,
    quantity: item.text("quantity"),
    price: { model: "per_unit", unit_price: item.text("unit") },
  }));
  const extra: ChargeInput[] = surcharge
    ? [
        {
          id: "surcharge",
          lineType: "one_off",
          title: "surcharge",
          price: { model: "flat", amount: surcharge.text("amount") },
          isDiscountable: false,
        },
      ]
    : [];
  const everywhere = [...items.map(({ id }) => id), ...(surcharge?.flag("taxed") ? ["surcharge"] : [])];
  return rateCharges({
    currency: inputs.currency(),
    lines: [...lines, ...extra],
    discounts: [
      ...items.flatMap(({ item, id }) => discountOf(item.child("discount"), [id])),
      ...discountOf(inputs.child("discount")),
    ],
    taxes: [
      ...items.flatMap(({ item, id }) => taxesOn([id], item.texts("tax_rates_percent"), "item tax")),
      ...taxesOn(everywhere, inputs.texts("invoice_tax_rates_percent"), "invoice tax"),
    ],
    isTaxInclusive: inputs.maybe("tax_mode") === "inclusive",
  });
};

/** The items' amounts after their own discounts, before those of the invoice. */
const itemsTotal = (inputs: Fields, rated: RatedInvoice): string => {
  const amounts = rated.lines.filter((line) => line.id !== "surcharge").map((line) => exact(line.amount));
  const own = inputs.list("items").filter((item) => item.has("discount")).length;
  const given = rated.discounts.filter((discount) => discount.name.startsWith("item")).slice(0, own);
  return toText(subtract(sumExact(amounts), sumExact(given.map((discount) => exact(discount.amount)))));
};

export const invoiceTotals = (inputs: Fields): Answer => {
  const rated = invoiceOf(inputs);
  return { subtotal: itemsTotal(inputs, rated), tax: rated.tax, total: rated.total, discount: rated.discount };
};

const scopeOf = (coupon: Fields): { readonly lineIds?: readonly string[] } => {
  const items = coupon.texts("applies_to");
  return items.length === 0 ? {} : { lineIds: items.map((index) => idOf(Number(index))) };
};

/** Items in minor units with coupons; the recorded shares may be unrounded, ours are whole minor units. */
export const couponedTotals = (inputs: Fields): Answer => {
  const items = inputs.list("items").map((item, index) => ({ item, id: idOf(index) }));
  const rated = rateCharges({
    currency: MINOR,
    lines: items.map(({ item, id }) => ({
      id,
      lineType: "base",
      title: id,
      price: { model: "flat", amount: item.text("net_minor") },
    })),
    discounts: inputs.list("coupons_in_order").map((coupon) => ({
      ...(coupon.has("percent") ? { percent: coupon.text("percent") } : { amount: coupon.text("fixed_minor") }),
      ...scopeOf(coupon),
    })),
    taxes: items.flatMap(({ item, id }) =>
      item.has("tax_rate_percent") ? [{ name: "tax", ratePercent: item.text("tax_rate_percent"), lineIds: [id] }] : [],
    ),
  });
  return {
    item_discount_minor: rated.lines.map((line) => line.discount),
    net_minor: rated.gross,
    discount_minor: rated.discount,
    net_after_discount_minor: rated.subtotal,
    tax_minor: rated.tax,
    total_minor: rated.total,
  };
};

/** Shares recorded before the largest remainder are fractions of a minor unit: rounded down or up, they must add up. */
export const withWholeShares = (expected: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const shares: unknown = expected["item_discount_minor"];
  if (!Array.isArray(shares)) return expected;
  const weighted = shares.map((share: unknown, index) => ({ id: idOf(index), weight: exact(String(share)) }));
  const whole = scaled(sumExact(weighted.map((share) => share.weight)), 0);
  if (whole === 0n) return expected;
  const split = splitByWeight(whole, weighted);
  return { ...expected, item_discount_minor: weighted.map((share) => String(split.get(share.id))) };
};
