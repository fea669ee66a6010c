import {
  exact,
  exactMoney,
  fraction,
  multiply,
  parseMoney,
  roundMoney,
  subtractMoney,
  toText,
  ZERO,
} from "@commops/core/money";
import { rateCharges, segmentFactor, trueUp } from "@commops/core/rating";
import type { Answer } from "./compare.ts";
import { type Fields, MINOR } from "./fields.ts";
import { firstDays } from "./spans.ts";

/** How much of a line lies above the maximum, given what was billed towards it before. */
export const cutAtMaximum = (inputs: Fields): Answer => {
  const currency = inputs.currency();
  const amount = inputs.text("line_amount");
  const rated = rateCharges({
    currency,
    lines: [
      {
        id: "line",
        lineType: "usage",
        title: "line",
        quantity: "1",
        price: { model: "per_unit", unit_price: amount },
        maximumAmount: inputs.text("max_amount"),
        earlier: { quantity: "0", amount: inputs.maybe("previously_billed") },
      },
    ],
  });
  const whole = roundMoney(exact(amount), currency);
  return { discount: toText(exactMoney(subtractMoney(whole, parseMoney(rated.total, currency)))) };
};

/** What is missing to a minimum, the used amount rounded first. */
export const missingToMinimum = (inputs: Fields): Answer => {
  const currency = inputs.currency();
  const used = roundMoney(inputs.exact("used"), currency);
  return { true_up: toText(exactMoney(trueUp(inputs.exact("min_amount"), ZERO, used, currency))) };
};

/** The same in minor units, for a part of the period. */
export const missingToMinimumOfDays = (inputs: Fields): Answer => {
  const factor = fraction(inputs.whole("days"), inputs.whole("period_days"));
  const used = roundMoney(inputs.exact("used_minor"), MINOR);
  const minimum = multiply(inputs.exact("charge_min_minor"), factor);
  return { true_up_minor: trueUp(minimum, ZERO, used, MINOR).minor.toString() };
};

/** The factor by which amounts scale. */
export const factorOfDays = (inputs: Fields): Answer => {
  const cycle = firstDays(inputs.whole("period_days"));
  const service = firstDays(inputs.whole("days"));
  const factor = cycle && service ? segmentFactor(service, cycle) : ZERO;
  return { coefficient: toText(factor), factor: toText(factor) };
};
