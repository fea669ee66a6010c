import {
  advance,
  type BillingSchedule,
  cycleEndedBefore,
  cycleHolding,
  dayInZone,
  daysBetween,
  elapsedCycles,
  endExclusive,
  type Interval,
  intervalOf,
  isIntervalName,
  type Period,
  wholeIntervals,
} from "@commops/core/time";
import type { Answer } from "./compare.ts";
import type { Fields } from "./fields.ts";

const interval = (inputs: Fields): Interval => {
  const name = inputs.text("interval");
  if (!isIntervalName(name)) throw new Error(`no interval is called ${name}`);
  return intervalOf(name);
};

const schedule = (inputs: Fields, start: string): BillingSchedule => ({
  start: inputs.day(start),
  anchor: inputs.whole("billing_day"),
  interval: interval(inputs),
});

const written = (value: Period): Answer => ({ start: value.start, end_exclusive: endExclusive(value) });

const times = (inputs: Fields): number => inputs.whole("periods");

const KINDS: Readonly<Record<string, (inputs: Fields) => Answer>> = {
  advance_period: (inputs) => written(cycleHolding(schedule(inputs, "invoice_date"), inputs.day("invoice_date"))),
  arrears_period: (inputs) => written(cycleEndedBefore(schedule(inputs, "billing_start"), inputs.day("invoice_date"))),
  elapsed_cycles: (inputs) => ({ cycles: elapsedCycles(schedule(inputs, "billing_start"), inputs.day("date")) }),
  period_containing: (inputs) => written(cycleHolding(schedule(inputs, "billing_start"), inputs.day("date"))),
  whole_periods: (inputs) => ({ periods: wholeIntervals(inputs.day("start"), inputs.day("end"), interval(inputs)) }),
  advance: (inputs) => ({ date: advance(inputs.day("date"), interval(inputs), times(inputs)) }),
  recede: (inputs) => ({ date: advance(inputs.day("date"), interval(inputs), -times(inputs)) }),
};

export const isPeriodKind = (kind: string | undefined): boolean => kind !== undefined && Object.hasOwn(KINDS, kind);

/** Billing periods and their arithmetic, by the kind that the case names. */
export const periodCase = (inputs: Fields): Answer => KINDS[inputs.text("kind")]?.(inputs);

const instant = (text: string): Date => new Date(text.replace(/T(\d{2}:\d{2})Z$/, "T$1:00Z"));

/** Calendar days between two instants as a clock in a zone shows them. */
export const localDays = (inputs: Fields): Answer => {
  const at = (name: string) => dayInZone(instant(inputs.text(name)), inputs.text("timezone"));
  return { local_calendar_days: daysBetween(at("start"), at("end")) };
};
