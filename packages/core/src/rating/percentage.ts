import type { PriceSpec } from "../catalog/index.ts";
import { invalid } from "../kernel/index.ts";
import {
  add,
  divide,
  type Exact,
  exact,
  fraction,
  isZero,
  larger,
  multiply,
  smaller,
  subtract,
  sumExact,
  toText,
  ZERO,
} from "../money/index.ts";
import { type Measure, rated, type Rated, step, withCorrection } from "./step.ts";

type Percentage = Extract<PriceSpec, { readonly model: "percentage" }>;

const clamp = (amount: Exact, low: Exact | undefined, high: Exact | undefined): Exact => {
  const raised = low ? larger(amount, low) : amount;
  return high ? smaller(raised, high) : raised;
};

const optional = (text: string | null): Exact | undefined => (text === null ? undefined : exact(text));

const checkEvents = (price: Percentage, events: Exact | undefined): Exact => {
  const isPerEvent = price.min_per_event !== null || price.max_per_event !== null || !isZero(exact(price.fixed_fee));
  if (isPerEvent && !events)
    throw invalid("events", "a percentage price with a fee, minimum or maximum per event needs the number of events");
  return events ?? ZERO;
};

/**
 * Rate x base amount + fixed fee x events beyond the free ones (free events scale like included units). Where the amount
 * of each event is known, minimum and maximum hold for each; else for the whole, times the events.
 */
export const ratePercentage = (price: Percentage, measure: Measure): Rated => {
  if (measure.earlier)
    throw invalid("earlier", "a percentage price is rated for the whole cycle; bill the difference of two ratings");
  const each = measure.eventAmounts;
  const base = each
    ? sumExact(each)
    : (measure.baseAmount ?? larger(ZERO, subtract(measure.quantity, measure.included)));
  const events = each ? fraction(each.length) : checkEvents(price, measure.events);
  const rate = divide(exact(price.rate_percent), exact(100));
  const fee = exact(price.fixed_fee);
  const free = multiply(exact(price.free_events), measure.factor);
  const paid = larger(ZERO, subtract(events, free));

  const parts = [step({ text: `${price.rate_percent} % of ${toText(base)}`, quantity: base, unitPrice: rate })];
  if (!isZero(fee))
    parts.push(step({ text: `fee for ${toText(paid)} of ${toText(events)} events`, quantity: paid, unitPrice: fee }));
  const unclamped = rated(parts);

  const [low, high] = [optional(price.min_per_event), optional(price.max_per_event)];
  if (!low && !high) return unclamped;
  const times = (bound: Exact | undefined): Exact | undefined => bound && multiply(bound, events);
  const clamped = each
    ? sumExact(each.map((amount, index) => clamp(chargeOf(amount, index, { rate, fee, free }), low, high)))
    : clamp(unclamped.amountExact, times(low), times(high));
  return withCorrection(
    unclamped,
    `minimum ${price.min_per_event ?? "none"} and maximum ${price.max_per_event ?? "none"} per event`,
    subtract(clamped, unclamped.amountExact),
  );
};

/** The charge of one event, counted from 0; of the event in which the free ones end, the fee's paid part. */
const chargeOf = (
  amount: Exact,
  index: number,
  terms: { readonly rate: Exact; readonly fee: Exact; readonly free: Exact },
): Exact => {
  const paidPart = clamp(subtract(fraction(index + 1), terms.free), ZERO, fraction(1));
  return add(multiply(amount, terms.rate), multiply(terms.fee, paidPart));
};
