import {
  exact,
  exactMoney,
  minorUnits,
  money,
  multiply,
  parseMoney,
  roundMoney,
  roundTo,
  subtractMoney,
  toText,
} from "@commops/core/money";
import {
  applyDiscounts,
  type ChargeInput,
  creditable,
  creditTax,
  type DiscountInput,
  proratedSeries,
  rateCharges,
  settleWithCredits,
} from "@commops/core/rating";
import { day } from "@commops/core/time";
import type { Answer } from "./compare.ts";
import { type Fields, MINOR } from "./fields.ts";

const flat = (id: string, amount: string): ChargeInput => ({
  id,
  lineType: "base",
  title: id,
  price: { model: "flat", amount },
});

/** Ids in the order of the items, so that ties go to the first. */
const idOf = (index: number): string => String(index).padStart(6, "0");

/** One value to a number of decimals, or to its currency where the decimals are the currency's. */
export const roundedValue = (inputs: Fields): Answer => {
  const value = inputs.has("value") ? inputs.exact("value") : multiply(inputs.exact("quantity"), inputs.exact("unit"));
  const places = Number(inputs.maybe("precision") ?? "0");
  const currency = inputs.currency();
  const isMoney = inputs.has("currency") && minorUnits(currency) === places;
  return { value: toText(isMoney ? exactMoney(roundMoney(value, currency)) : roundTo(value, places)) };
};

/** Taxes on one amount, each rounded on its own. */
export const taxesOf = (inputs: Fields): Answer => {
  const rates = inputs.has("rates_percent") ? inputs.texts("rates_percent") : [inputs.text("rate_percent")];
  const taxes = rates.map((ratePercent, index) => ({ name: `tax ${index + 1}`, ratePercent }));
  const rated = rateCharges({ currency: inputs.currency(), lines: [flat("taxable", inputs.text("taxable"))], taxes });
  return { tax: rated.tax, taxes: rated.taxes.map((tax) => tax.amount) };
};

const couponOf = (coupon: Fields): DiscountInput =>
  coupon.has("percent") ? { percent: coupon.text("percent") } : { amount: coupon.text("fixed_minor") };

/** Coupons on one subtotal. */
export const couponsOnSubtotal = (inputs: Fields): Answer => {
  const discounts = inputs.list("coupons").map(couponOf);
  const rated = rateCharges({ currency: MINOR, lines: [flat("subtotal", inputs.text("subtotal_minor"))], discounts });
  return { discount_minor: rated.discount };
};

/** One discount over several items, less what was used of it before. */
export const discountOverItems = (inputs: Fields): Answer => {
  const left = inputs.has("discount_minor")
    ? subtractMoney(
        parseMoney(inputs.text("discount_minor"), MINOR),
        parseMoney(inputs.maybe("already_used_minor") ?? "0", MINOR),
      )
    : undefined;
  const items = inputs.texts("items_minor").map((text, index) => ({
    id: idOf(index),
    amount: parseMoney(text, MINOR),
    isDiscountable: true,
  }));
  const discount = left ? { amount: left.minor.toString() } : { percent: inputs.text("percent") };
  const given = applyDiscounts(items, [discount], MINOR);
  return {
    discount_minor: given.total.minor.toString(),
    allocated_minor: items.map((item) => given.shares.get(item.id)?.minor.toString()),
  };
};

/** One discount on one price, rounded as a line first. */
export const discountOnPrice = (inputs: Fields): Answer => {
  const discount = inputs.has("percent") ? { percent: inputs.text("percent") } : { amount: inputs.text("fixed") };
  const line = flat("price", inputs.text("price"));
  const rated = rateCharges({ currency: inputs.currency(), lines: [line], discounts: [discount] });
  return { discount: rated.discount, final: rated.subtotal };
};

/** Fees and a tax, settled from prepaid credit. */
export const settledFromWallet = (inputs: Fields): Answer => {
  const lines = inputs.texts("fees_precise_minor").map((text, index) => flat(idOf(index), text));
  const taxes = [{ name: "tax", ratePercent: inputs.text("tax_rate_percent") }];
  const rated = rateCharges({ currency: MINOR, lines, taxes });
  const wallet = parseMoney(inputs.text("wallet_minor"), MINOR);
  const total = parseMoney(rated.total, MINOR);
  const settled = settleWithCredits(total, [{ id: "wallet", left: wallet, expiresOn: undefined }], day("2001-01-01"));
  const prepaid = subtractMoney(total, settled.due);
  return {
    fees_minor: rated.gross,
    tax_minor: rated.tax,
    prepaid_minor: prepaid.minor.toString(),
    total_minor: settled.due.minor.toString(),
    wallet_after_minor: subtractMoney(wallet, prepaid).minor.toString(),
  };
};

/** What may be credited of an amount of which a part was credited before. */
export const creditWithin = (inputs: Fields): Answer => {
  const amount = (name: string) => parseMoney(inputs.text(name), "USD");
  const credit = creditable(amount("requested_credit"), amount("original_amount"), amount("previous_credits"));
  return { credit: toText(exactMoney(credit)) };
};

/** The credit for unused days of a taxed amount. */
export const creditForDays = (inputs: Fields): Answer => {
  const net = parseMoney(inputs.text("net_minor"), MINOR);
  const rate = inputs.exact("tax_rate_percent");
  const [total, unused] = [inputs.whole("period_days"), inputs.whole("unused_days")];
  const [, credit = money(0n, MINOR)] = proratedSeries(exactMoney(net), [total - unused, unused], total, MINOR);
  const invoiced = rateCharges({ currency: MINOR, lines: [flat("net", net.minor.toString())], taxes: [taxAt(inputs)] });
  const tax = creditTax(credit, { net, tax: parseMoney(invoiced.tax, MINOR) }, rate);
  return {
    credit_net_minor: credit.minor.toString(),
    credit_tax_minor: tax.minor.toString(),
    credit_total_minor: (credit.minor + tax.minor).toString(),
  };
};

const taxAt = (inputs: Fields) => ({ name: "tax", ratePercent: inputs.text("tax_rate_percent") });

/** Credit notes one after the other until the invoice is used up. */
export const creditsInOrder = (inputs: Fields): Answer => {
  const lines = inputs.texts("items_minor").map((text, index) => flat(idOf(index), text));
  const invoice = rateCharges({ currency: MINOR, lines, taxes: [taxAt(inputs)] });
  let left = { net: parseMoney(invoice.subtotal, MINOR), tax: parseMoney(invoice.tax, MINOR) };
  const notes = inputs.texts("credits_net_minor_in_order").map((text) => {
    const net = parseMoney(text, MINOR);
    const tax = creditTax(net, left, exact(inputs.text("tax_rate_percent")));
    left = { net: subtractMoney(left.net, net), tax: subtractMoney(left.tax, tax) };
    return { tax: tax.minor, total: net.minor + tax.minor };
  });
  return {
    credit_tax_minor: notes.map((note) => note.tax.toString()),
    credit_total_minor: notes.map((note) => note.total.toString()),
    invoice_total_minor: invoice.total,
  };
};
