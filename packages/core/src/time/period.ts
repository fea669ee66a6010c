import { addDays, anchoredDay, type Day, daysBetween, day } from "./day.ts";

/** `[start, end]` in days, both inclusive, as the Phase 1 tables and API write it. */
export interface Period {
  readonly start: Day;
  readonly end: Day;
}

/** A calendar month, written YYYY-MM; not of the last year of four digits, so that the day after it has four too. */
export type Month = string & { readonly __month: never };

export const tryMonth = (text: string): Month | undefined =>
  /^(?!0000|9999)\d{4}-(0[1-9]|1[0-2])$/.test(text) ? (text as Month) : undefined;

/** Reads YYYY-MM; throws RangeError naming the text otherwise. */
export const month = (text: string): Month => {
  const value = tryMonth(text);
  if (!value) throw new RangeError(`not a month (YYYY-MM): ${JSON.stringify(text)}`);
  return value;
};

export const monthOf = (value: Day): Month => value.slice(0, 7) as Month;

/** A period from its bounds; throws RangeError when it ends before it starts. */
export const period = (start: Day, end: Day): Period => {
  if (end < start) throw new RangeError(`period ends (${end}) before it starts (${start})`);
  return { start, end };
};

export const monthPeriod = (value: Month): Period => {
  const start = day(`${value}-01`);
  return { start, end: addDays(nextMonthStart(start), -1) };
};

const nextMonthStart = (start: Day): Day => anchoredDay(Number(start.slice(0, 4)), Number(start.slice(5, 7)), 1);

export const addMonths = (value: Month, months: number): Month =>
  monthOf(anchoredDay(Number(value.slice(0, 4)), Number(value.slice(5, 7)) - 1 + months, 1));

/** The first day after the period: code works on half-open `[start, endExclusive)`. */
export const endExclusive = (value: Period): Day => addDays(value.end, 1);

export const daysIn = (value: Period): number => daysBetween(value.start, value.end) + 1;

export const contains = (value: Period, at: Day): boolean => value.start <= at && at <= value.end;

export const overlap = (a: Period, b: Period): Period | undefined => {
  const start = a.start > b.start ? a.start : b.start;
  const end = a.end < b.end ? a.end : b.end;
  return end < start ? undefined : { start, end };
};

/** Every day of the period in order. */
export const eachDay = (value: Period): Day[] =>
  Array.from({ length: daysIn(value) }, (_, index) => addDays(value.start, index));

/** The monthly cycle that holds a day, anchored on a day of month; an anchor of 31 falls on the last day of shorter months. */
export const cycleAt = (at: Day, anchor: number): Period => {
  const year = Number(at.slice(0, 4));
  const monthIndex = Number(at.slice(5, 7)) - 1;
  const candidate = anchoredDay(year, monthIndex, anchor);
  const start = candidate <= at ? candidate : anchoredDay(year, monthIndex - 1, anchor);
  const next = candidate <= at ? anchoredDay(year, monthIndex + 1, anchor) : candidate;
  return { start, end: addDays(next, -1) };
};

/** A calendar month's text when the period is exactly one, else undefined. */
export const monthOfPeriod = (value: Period): Month | undefined => {
  const candidate = monthOf(value.start);
  const whole = monthPeriod(candidate);
  return whole.start === value.start && whole.end === value.end ? candidate : undefined;
};
