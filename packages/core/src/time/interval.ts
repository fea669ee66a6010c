import { addDays, anchoredDay, type Day, daysBetween } from "./day.ts";

/** A stretch of time between two billings: whole days, or whole calendar months. */
export interface Interval {
  readonly unit: "day" | "month";
  readonly count: number;
}

const INTERVALS = {
  daily: { unit: "day", count: 1 },
  weekly: { unit: "day", count: 7 },
  biweekly: { unit: "day", count: 14 },
  thirty_days: { unit: "day", count: 30 },
  thirty_one_days: { unit: "day", count: 31 },
  sixty_days: { unit: "day", count: 60 },
  ninety_days: { unit: "day", count: 90 },
  monthly: { unit: "month", count: 1 },
  bimonthly: { unit: "month", count: 2 },
  quarterly: { unit: "month", count: 3 },
  triannual: { unit: "month", count: 4 },
  biannual: { unit: "month", count: 6 },
  semiannual: { unit: "month", count: 6 },
  annual: { unit: "month", count: 12 },
  yearly: { unit: "month", count: 12 },
  biennial: { unit: "month", count: 24 },
} as const satisfies Record<string, Interval>;

export type IntervalName = keyof typeof INTERVALS;

export const isIntervalName = (text: string): text is IntervalName => Object.hasOwn(INTERVALS, text);

export const intervalOf = (name: IntervalName): Interval => INTERVALS[name];

/** The day of month `anchor` some months after the month of a day, or that month's last day. */
export const anchoredAfter = (from: Day, months: number, anchor: number): Day =>
  anchoredDay(Number(from.slice(0, 4)), Number(from.slice(5, 7)) - 1 + months, anchor);

/** The day some intervals after another (before it where times is negative); months keep the day of month or take the last. */
export const advance = (from: Day, interval: Interval, times = 1): Day => {
  const count = interval.count * times;
  return interval.unit === "day" ? addDays(from, count) : anchoredAfter(from, count, Number(from.slice(8)));
};

/** Months from the month of a to the month of b. */
export const monthsBetween = (a: Day, b: Day): number =>
  (Number(b.slice(0, 4)) - Number(a.slice(0, 4))) * 12 + Number(b.slice(5, 7)) - Number(a.slice(5, 7));

/** How many whole intervals lie from one day up to another (exclusive); 0 where it ends before it starts. */
export const wholeIntervals = (from: Day, to: Day, interval: Interval): number => {
  if (to < from) return 0;
  if (interval.unit === "day") return Math.floor(daysBetween(from, to) / interval.count);
  const candidate = Math.floor(monthsBetween(from, to) / interval.count);
  return advance(from, interval, candidate) <= to ? candidate : candidate - 1;
};
