import { addDays, type Day } from "./day.ts";
import { advance, anchoredAfter, type Interval, monthsBetween, wholeIntervals } from "./interval.ts";
import type { Period } from "./period.ts";

/**
 * When a subscription bills: from its start, at every interval on the anchor's day of month. A start before the anchor
 * makes a first cycle that is shorter; intervals of days count from the start and have no anchor.
 */
export interface BillingSchedule {
  readonly start: Day;
  /** Day of month 1 to 31; the last day of shorter months. */
  readonly anchor: number;
  readonly interval: Interval;
}

/** Intervals between the first anchor day and the boundary with this index: 0 for a stub's end, 1 where the start is on or after the anchor. */
const shift = (schedule: BillingSchedule): number =>
  anchoredAfter(schedule.start, 0, schedule.anchor) > schedule.start ? 1 : 0;

/** The first day of the cycle with an index, counted from 0. */
export const cycleStart = (schedule: BillingSchedule, index: number): Day => {
  const { start, anchor, interval } = schedule;
  if (index <= 0) return start;
  if (interval.unit === "day") return advance(start, interval, index);
  return anchoredAfter(start, (index - shift(schedule)) * interval.count, anchor);
};

/** The cycle with an index, counted from 0, in days, both inclusive. */
export const cycleOf = (schedule: BillingSchedule, index: number): Period => ({
  start: cycleStart(schedule, index),
  end: addDays(cycleStart(schedule, index + 1), -1),
});

/** How many cycles ended on or before a day; 0 before the start. It is also the index of the cycle that holds the day. */
export const elapsedCycles = (schedule: BillingSchedule, at: Day): number => {
  const { start, interval } = schedule;
  if (at <= start) return 0;
  if (interval.unit === "day") return wholeIntervals(start, at, interval);
  const guess = Math.floor(monthsBetween(start, at) / interval.count) + shift(schedule);
  return cycleStart(schedule, guess) <= at ? guess : guess - 1;
};

/** The cycle that holds a day; the first one for days before the start. */
export const cycleHolding = (schedule: BillingSchedule, at: Day): Period =>
  cycleOf(schedule, elapsedCycles(schedule, at));

/** The cycle that ended the day before: what is billed in arrears on a day. */
export const cycleEndedBefore = (schedule: BillingSchedule, at: Day): Period => cycleHolding(schedule, addDays(at, -1));
