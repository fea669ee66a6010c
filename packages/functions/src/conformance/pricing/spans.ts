import { addDays, type Day, day, type Period } from "@commops/core/time";

/** The period from a day to the day before another; undefined where it holds no day. */
export const span = (start: Day, endExclusive: Day): Period | undefined =>
  start < endExclusive ? { start, end: addDays(endExclusive, -1) } : undefined;

/** A period of so many days, wherever it lies; undefined where it holds no day. */
export const firstDays = (days: number): Period | undefined => {
  const start = day("2001-01-01");
  return span(start, addDays(start, days));
};
