/** A UTC calendar day, written YYYY-MM-DD. Text order is time order. */
export type Day = string & { readonly __day: never };

/** There is no year 0: no database takes it. */
const PATTERN = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const MS_PER_DAY = 86_400_000;

const utcOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`);

/** The day of an instant, in UTC. */
export const dayOf = (instant: Date): Day => instant.toISOString().slice(0, 10) as Day;

/** Reads YYYY-MM-DD; undefined when it is no calendar day (2025-02-30 is none). */
export const tryDay = (text: string): Day | undefined => {
  if (!PATTERN.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || dayOf(new Date(ms)) !== text ? undefined : (text as Day);
};

/** Reads YYYY-MM-DD; throws RangeError naming the text otherwise. */
export const day = (text: string): Day => {
  const value = tryDay(text);
  if (!value) throw new RangeError(`not a calendar day (YYYY-MM-DD): ${JSON.stringify(text)}`);
  return value;
};

export const addDays = (from: Day, days: number): Day => dayOf(new Date(utcOf(from) + days * MS_PER_DAY));

/** Whole days from a to b: 1 from the 1st to the 2nd. */
export const daysBetween = (a: Day, b: Day): number => Math.round((utcOf(b) - utcOf(a)) / MS_PER_DAY);

export const startOfDay = (value: Day): Date => new Date(utcOf(value));

/** The day of month `anchor` in a month, or that month's last day where it is shorter. Months count from 0 and may overflow. */
export const anchoredDay = (year: number, month: number, anchor: number): Day => {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOf(new Date(Date.UTC(year, month, Math.min(anchor, last))));
};
