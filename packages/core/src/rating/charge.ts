import { invalid, unreachable } from "../kernel/index.ts";
import { addMoney, type Currency, isCurrency, moneyText, subtractMoney, sumMoney, toText } from "../money/index.ts";
import { minimumLines } from "./commitment.ts";
import { applyDiscounts } from "./discount.ts";
import { rateLine } from "./line.ts";
import { roundedSeries } from "./proration.ts";
import type { RateInput } from "./rate-input.ts";
import type { ExactLine, RatedInvoice } from "./rated-invoice.ts";
import { computeTaxes } from "./tax.ts";

const currencyOf = (code: string): Currency => {
  if (!isCurrency(code)) throw invalid("currency", `${JSON.stringify(code)} is not an ISO 4217 currency, such as USD`);
  return code;
};

const refuseTwins = (ids: readonly string[]): void => {
  const seen = new Set<string>();
  ids.forEach((id, index) => {
    if (seen.has(id))
      throw invalid(`lines.${index}.id`, `${JSON.stringify(id)} stands twice; every line needs its own id`);
    seen.add(id);
  });
};

/** Rounds the lines of each series as the parts of one price. */
const roundSeries = (input: RateInput, lines: readonly ExactLine[], currency: Currency): ExactLine[] => {
  const rounded = [...lines];
  const parts = lines.flatMap((line, index) => {
    const series = input.lines[index]?.series;
    return series === undefined ? [] : [{ series, line, index }];
  });
  for (const group of Map.groupBy(parts, (part) => part.series).values()) {
    const amounts = roundedSeries(
      group.map(({ line }) => line.amountExact),
      currency,
    );
    group.forEach(({ line, index }, part) => {
      rounded[index] = { ...line, amount: amounts[part] ?? line.amount };
    });
  }
  return rounded;
};

/**
 * Rates charges to an invoice: lines, commitments, discounts, taxes, total, in the order of the domain rules (after EN 16931).
 * Estimates, previews, drafts and shadow runs all call this. Throws an invalid Problem naming the field.
 */
export const rateCharges = (input: RateInput): RatedInvoice => {
  const currency = currencyOf(input.currency);
  const isTaxInclusive = input.isTaxInclusive ?? false;
  const single = input.lines.map((line, index) => rateLine(line, currency, `lines.${index}`));
  const usage = roundSeries(input, single, currency);
  const rated = [...usage, ...minimumLines(input, usage, currency)];
  refuseTwins(rated.map((line) => line.id));

  const gross = sumMoney(
    currency,
    rated.map((line) => line.amount),
  );
  const discounted = applyDiscounts(rated, input.discounts ?? [], currency);
  const net = subtractMoney(gross, discounted.total);
  const taxed = computeTaxes(rated, discounted.shares, input.taxes ?? [], isTaxInclusive, currency);
  const subtotal = isTaxInclusive ? subtractMoney(net, taxed.total) : net;
  const total = addMoney(subtotal, taxed.total);
  return {
    currency,
    lines: rated.map(({ amount, amountExact, ...line }) => ({
      ...line,
      amount: moneyText(amount),
      amountExact: toText(amountExact),
      discount: moneyText(discounted.shares.get(line.id) ?? unreachable(`line ${line.id} has no discount share`)),
    })),
    gross: moneyText(gross),
    discounts: discounted.discounts,
    discount: moneyText(discounted.total),
    subtotal: moneyText(subtotal),
    taxes: taxed.taxes,
    tax: moneyText(taxed.total),
    total: moneyText(total),
    isTaxInclusive,
  };
};
