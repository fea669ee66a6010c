import { add, divide, type Exact, exact, multiply, sumExact, ZERO } from "../money/index.ts";
import { addDays, type Day, daysIn, type Period } from "../time/index.ts";
import { lineRoute } from "./line-types.ts";

/** What a day of a month costs by kind of line; decimal text. */
export interface DayCost {
  readonly day: Day;
  readonly lineItemType: string;
  readonly cost: string;
}

/** A month's total as its days so far suggest. */
export interface Projection {
  /** The last day that counts as whole; null where there is none yet. */
  readonly asOf: Day | null;
  readonly wholeDays: number;
  readonly days: number;
  readonly monthToDate: Exact;
  /** Taxes, fees, credits and refunds so far: they come once, and no rate is taken of them. */
  readonly once: Exact;
  /** What a whole day costs on average, without them. */
  readonly dailyRate: Exact;
  /** Null before the first whole day. */
  readonly projected: Exact | null;
}

/** Lines that come with every day that passes; all others come once a month. */
const isDaily = ({ lineItemType }: DayCost): boolean =>
  ["usage", "commitment", "discount", "unknown"].includes(lineRoute(lineItemType));

const sumOf = (rows: readonly DayCost[]): Exact => sumExact(rows.map((row) => exact(row.cost)));

/**
 * The run rate by day: what whole days cost on average, times the days of the month, plus what comes once. The newest day of an open
 * month is not whole yet, and is left out of the rate; a month that is over is what it cost.
 */
export const runRate = (rows: readonly DayCost[], month: Period, today: Day): Projection => {
  const days = daysIn(month);
  const newest = rows.reduce<Day | null>((last, { day }) => (last === null || day > last ? day : last), null);
  const isOver = today > month.end;
  const last = newest !== null && newest > month.end ? month.end : newest;
  const asOf = isOver ? month.end : last === null || last <= month.start ? null : addDays(last, -1);
  const wholeDays = asOf === null ? 0 : daysIn({ start: month.start, end: asOf });
  const once = sumOf(rows.filter((row) => !isDaily(row)));
  const whole = sumOf(rows.filter((row) => isDaily(row) && asOf !== null && row.day <= asOf));
  const monthToDate = sumOf(rows);
  const dailyRate = wholeDays === 0 ? ZERO : divide(whole, exact(wholeDays));
  const projected = wholeDays === 0 ? null : add(once, multiply(dailyRate, exact(days)));
  return { asOf, wholeDays, days, monthToDate, once, dailyRate, projected: isOver ? monthToDate : projected };
};
