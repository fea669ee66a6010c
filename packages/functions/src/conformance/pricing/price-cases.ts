import {
  divide,
  exact,
  isZero,
  larger,
  minorUnits,
  roundTo,
  subtract,
  sumExact,
  toText,
  ZERO,
} from "@commops/core/money";
import { type ChargeInput, rateCharges, type RatedLine, slabIndexOf } from "@commops/core/rating";
import type { Answer } from "./compare.ts";
import { type Fields, MINOR } from "./fields.ts";
import { maximumOf, priceOf } from "./prices.ts";

const chargeOf = (inputs: Fields, price: Fields): ChargeInput => {
  const spec = priceOf(price);
  const isCost = spec.model === "cost_plus";
  const quantity = inputs.maybe("quantity");
  return {
    id: "usage",
    lineType: "usage",
    title: "usage",
    price: spec,
    ...(quantity !== undefined && (isCost ? { cost: quantity } : { quantity })),
    includedQuantity: price.maybe("allowance"),
    minimumAmount: price.maybe("min_amount"),
    maximumAmount: maximumOf(price),
    events: inputs.maybe("events"),
    ...(inputs.has("event_amounts") && { eventAmounts: inputs.texts("event_amounts") }),
  };
};

const average = (line: RatedLine, quantity: string, decimals: number): string => {
  const units = exact(quantity);
  return isZero(units) ? "0" : toText(roundTo(divide(exact(line.amountExact), units), decimals));
};

/** One price, one quantity: the unrounded total, or the rounded one where the case names its currency. */
export const ratePriceCase = (inputs: Fields): Answer => {
  const price = inputs.child("price");
  if (!price) throw new Error("the case has no price");
  const isMinor = price.has("unit_minor");
  const currency = isMinor ? MINOR : inputs.currency();
  const charge = chargeOf(inputs, price);
  const rated = rateCharges({ currency, lines: [charge] });
  const [line] = rated.lines;
  if (!line) throw new Error("no line was rated");
  const exactTotal = toText(sumExact(rated.lines.map((entry) => exact(entry.amountExact))));
  const paid = charge.price.model === "package" ? beyondFree(line, charge.price.free_units) : line.quantity;
  return {
    total: inputs.has("currency") ? rated.total : exactTotal,
    total_minor: rated.total,
    effective_unit_price: average(line, line.quantity, minorUnits(currency)),
    effective_unit_price_on_paid_units: average(line, paid, minorUnits(currency)),
    packages: line.steps[0]?.quantity,
    tier_index: "slabs" in charge.price ? slabIndexOf(charge.price.slabs, exact(line.quantity)) : undefined,
  };
};

const beyondFree = (line: RatedLine, free: string): string =>
  toText(larger(ZERO, subtract(exact(line.quantity), exact(free))));
