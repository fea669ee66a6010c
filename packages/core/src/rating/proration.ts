import {
  add,
  addMoney,
  type Currency,
  type Exact,
  fraction,
  type Money,
  multiply,
  roundMoney,
  subtractMoney,
} from "../money/index.ts";
import { addDays, type Day, daysIn, overlap, type Period } from "../time/index.ts";

/** round(price x days / cycle days): what the first days of a cycle come to. */
export const proratedUpTo = <C extends Currency>(
  price: Exact,
  days: number,
  cycleDays: number,
  currency: C,
): Money<C> => roundMoney(multiply(price, fraction(days, cycleDays)), currency);

/** Rounds the parts of one whole: part k = round(sum of the first k) less the earlier parts, so that they add up to the rounded whole. */
export const roundedSeries = <C extends Currency>(parts: readonly Exact[], currency: C): Money<C>[] => {
  let [sum, billed] = [fraction(0), roundMoney(fraction(0), currency)];
  return parts.map((part) => {
    sum = add(sum, part);
    const amount = subtractMoney(roundMoney(sum, currency), billed);
    billed = addMoney(billed, amount);
    return amount;
  });
};

/**
 * A price cut into parts by days: part k = round(price x cumulative days / cycle days) less the earlier parts. Parts that
 * cover the cycle add up to the rounded price.
 */
export const proratedSeries = <C extends Currency>(
  price: Exact,
  partDays: readonly number[],
  cycleDays: number,
  currency: C,
): Money<C>[] =>
  roundedSeries(
    partDays.map((days) => multiply(price, fraction(days, cycleDays))),
    currency,
  );

/**
 * The part of a price paid for a service that lies on or after a day: what was paid less what was used, so that the two
 * add up. Nothing is left on or after the first day beyond the service.
 */
export const unusedPart = <C extends Currency>(
  price: Exact,
  service: Period,
  cycle: Period,
  from: Day,
  currency: C,
): Money<C> => {
  const paid = overlap(service, cycle);
  if (!paid) return roundMoney(fraction(0), currency);
  const used = overlap(paid, { start: cycle.start, end: addDays(from, -1) });
  const [, unused] = proratedSeries(
    price,
    [used ? daysIn(used) : 0, daysIn(paid) - (used ? daysIn(used) : 0)],
    daysIn(cycle),
    currency,
  );
  return unused ?? roundMoney(fraction(0), currency);
};
