import {
  exact,
  exactMoney,
  minorUnits,
  multiply,
  scaled,
  subtract,
  tryExact,
  toText,
  toFixed,
} from "@commops/core/money";
import {
  changeLines,
  type PlanChange,
  proratedUpTo,
  rateCharges,
  type RecurringItem,
  segmentFactor,
} from "@commops/core/rating";
import { addDays, advance, daysBetween, daysIn, intervalOf, isIntervalName, type Period } from "@commops/core/time";
import type { Answer } from "./compare.ts";
import { type Fields, MINOR } from "./fields.ts";
import { span } from "./spans.ts";

const cycleOf = (inputs: Fields, start: string, endExclusive: string, endInclusive: string): Period => {
  const from = inputs.day(start);
  const until = inputs.has(endExclusive) ? inputs.day(endExclusive) : addDays(inputs.day(endInclusive), 1);
  const cycle = span(from, until);
  if (!cycle) throw new Error("the period holds no day");
  return cycle;
};

const minorOf = (text: string, currency: string): string => scaled(exact(text), minorUnits(currency)).toString();

/** A recurring amount; usage is none, and leaves no line. */
const itemOf = (id: string, amount: string | undefined, cycle?: Period): RecurringItem[] =>
  amount === undefined || !tryExact(amount)
    ? []
    : [{ id, title: id, lineType: "base", amount, ...(cycle && { cycle }) }];

const amountsOf = (change: PlanChange, currency: "USD" | typeof MINOR, percent?: string): string[] => {
  const lines = changeLines(change, currency);
  if (lines.length === 0) return [];
  const rated = rateCharges({ currency, lines, ...(percent !== undefined && { discounts: [{ percent }] }) });
  return rated.lines.map((line) => toFixed(subtract(exact(line.amount), exact(line.discount)), minorUnits(currency)));
};

const sumOf = (amounts: readonly string[]): string =>
  amounts.reduce((sum, text) => toText(subtract(exact(sum), multiply(exact(-1), exact(text)))), "0");

/** Items replaced, removed and added on a day within a cycle. */
export const changeItems = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "period_start", "period_end_exclusive", "period_end_inclusive");
  const at = inputs.day("change_date");
  const amounts = inputs.list("items").flatMap((item, index) => {
    const own = item.has("period_days")
      ? span(cycle.start, addDays(cycle.start, item.whole("period_days")))
      : undefined;
    const removed = itemOf(`${index}:old`, item.maybe("old"), own);
    return amountsOf({ cycle, at, removed, added: itemOf(`${index}:new`, item.maybe("new"), own) }, "USD");
  });
  return { lines_minor: amounts.map((text) => minorOf(text, "USD")), net_minor: minorOf(sumOf(amounts), "USD") };
};

const worth = (side: Fields | undefined): string | undefined =>
  side && toText(multiply(side.exact("quantity"), side.exact("unit")));

/** One price for another, with the credit, the charge and their sum. */
export const changePrice = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "period_start", "period_end_exclusive", "period_end_inclusive");
  const change = { cycle, at: inputs.day("change_date") };
  const credit = amountsOf({ ...change, removed: itemOf("old", worth(inputs.child("old"))), added: [] }, "USD");
  const charge = amountsOf({ ...change, removed: [], added: itemOf("new", worth(inputs.child("new"))) }, "USD");
  return { credit: sumOf(credit), charge: sumOf(charge), net: sumOf([...credit, ...charge]) };
};

/** What of an amount is paid under a discount ("25%", "2500 fixed"). */
const paid = (amount: string, discount: string | undefined): string => {
  if (discount === undefined) return amount;
  const size = Number.parseFloat(discount).toString();
  const input = discount.trim().endsWith("%") ? { percent: size } : { amount: size };
  const line = { id: "old", lineType: "base", title: "old", price: { model: "flat", amount } } as const;
  return rateCharges({ currency: MINOR, lines: [line], discounts: [input] }).total;
};

/** One discounted price for another: the credit is of what was paid, the new discount is on the prorated charge. */
export const changeDiscountedPrice = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "cycle_start", "cycle_end_exclusive", "cycle_end_inclusive");
  const change = { cycle, at: inputs.day("change_date") };
  const old = paid(inputs.text("old_price_minor"), inputs.maybe("old_discount"));
  const percent = inputs.maybe("new_discount")?.replace("%", "");
  const credit = amountsOf({ ...change, removed: itemOf("old", old), added: [] }, MINOR);
  const added = itemOf("new", inputs.text("new_price_minor"));
  const debit = amountsOf({ ...change, removed: [], added }, MINOR, percent);
  return { credit_minor: toText(multiply(exact(-1), exact(sumOf(credit)))), debit_minor: sumOf(debit) };
};

/** More seats from a day within the cycle on; the next cycle charges all of them at the new price. */
export const changeSeats = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "cycle_start", "cycle_end_exclusive", "cycle_end_inclusive");
  const seatsAt = (price: string, seats: string): string => toText(multiply(inputs.exact(price), inputs.exact(seats)));
  const net = sumOf(
    amountsOf(
      {
        cycle,
        at: inputs.day("change_date"),
        removed: itemOf("old", seatsAt("old_unit_minor", "old_seats")),
        added: itemOf("new", seatsAt("old_unit_minor", "new_seats")),
      },
      MINOR,
    ),
  );
  return {
    proration_minor: net.replace("-", ""),
    direction: net.startsWith("-") ? "credit" : "debit",
    next_cycle_total_minor: inputs.has("new_unit_minor_next_cycle")
      ? seatsAt("new_unit_minor_next_cycle", "new_seats")
      : undefined,
  };
};

/** A flat amount for the days of service within the days it is for. */
export const serviceAmount = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "full_start", "full_end_exclusive", "full_end_inclusive");
  const service = span(inputs.day("service_start"), inputs.day("service_end_exclusive"));
  const price = { model: "flat", amount: inputs.text("amount") } as const;
  const scaling = inputs.flag("proration") ? { cycle, service } : {};
  const line = { id: "flat", lineType: "base", title: "flat", price, ...scaling } as const;
  return { amount: rateCharges({ currency: inputs.currency(), lines: [line] }).total };
};

/** An amount x a fraction of its cycle. */
export const fractionAmount = (inputs: Fields): Answer => {
  const [days = "", cycleDays = "1"] = inputs.text("fraction").split("/");
  const currency = inputs.currency();
  const part = proratedUpTo(inputs.exact("amount"), Number(days), Number(cycleDays), currency);
  return { amount: toText(exactMoney(part)) };
};

export const daysAmount = (inputs: Fields): Answer => {
  const part = proratedUpTo(inputs.exact("amount_minor"), inputs.whole("days"), inputs.whole("period_days"), MINOR);
  return { amount_minor: part.minor.toString() };
};

/** An amount for the billed days of a period, without the days of a trial at their start. */
export const billedDaysAmount = (inputs: Fields): Answer => {
  const cycle = cycleOf(inputs, "period_start", "period_end_exclusive", "period_end_inclusive");
  const from = addDays(inputs.day("billed_from"), Number(inputs.maybe("trial_days_from_billed_from") ?? "0"));
  const service = span(from, addDays(inputs.day("billed_to_inclusive"), 1));
  if (!service) return { amount_minor: "0", precise_minor: "0" };
  const price = { model: "flat", amount: inputs.text("amount_minor") } as const;
  const [line] = rateCharges({
    currency: MINOR,
    lines: [{ id: "flat", lineType: "base", title: "flat", price, cycle, service }],
  }).lines;
  return { amount_minor: line?.amount, precise_minor: line?.amountExact };
};

export const cycleDays = (inputs: Fields): Answer => ({
  denominator_days: daysIn(cycleOf(inputs, "period_start", "period_end_exclusive", "period_end_inclusive")),
});

/** The factor of a stub before the first or after the last whole cycle: its days / days of the cycle that it is a part of. */
export const stubFactor = (inputs: Fields): Answer => {
  const name = inputs.text("interval");
  if (!isIntervalName(name)) throw new Error(`no interval is called ${name}`);
  const interval = intervalOf(name);
  const isAfter = inputs.text("kind") === "after_last_cycle";
  const start = isAfter ? inputs.day("period_start") : advance(inputs.day("next_cycle_date"), interval, -1);
  const cycle = span(start, isAfter ? advance(start, interval) : inputs.day("next_cycle_date"));
  const service = isAfter ? span(start, inputs.day("end")) : span(inputs.day("start"), inputs.day("next_cycle_date"));
  return { factor: service && cycle ? toText(segmentFactor(service, cycle)) : "0" };
};

export const daysOfService = (inputs: Fields): Answer => ({
  days: daysBetween(inputs.day("start"), inputs.day("end")),
});
