import { z } from "zod";
import { missing, monthInput, Problem } from "../kernel/index.ts";
import { add, type Currency, exact, isCurrency, subtract, toText } from "../money/index.ts";
import type { RemainingForecast } from "../ports/index.ts";
import { view, type ViewDoor } from "../record/index.ts";
import { addDays, type Day, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { readDayCosts } from "./day-costs.store.ts";
import { type Projection, runRate } from "./projection.ts";

const input = z.object({
  period: monthInput.optional(),
  basis: z.enum(["unblended", "amortized", "net_unblended", "net_amortized"]).default("unblended"),
  currency: z.string().refine(isCurrency, "must be an ISO 4217 code").default("USD"),
  /** Probability of the outside forecast's bounds, in percent. */
  level: z.coerce.number().int().min(51).max(99).default(80),
});
type Input = z.output<typeof input>;

const shownProjection = (found: Projection) => ({
  method: "run_rate_by_day",
  as_of: found.asOf,
  whole_days: found.wholeDays,
  days: found.days,
  month_to_date: toText(found.monthToDate),
  charged_once: toText(found.once),
  daily_rate: toText(found.dailyRate),
  projected: found.projected === null ? null : toText(found.projected),
});

const whole = (of: RemainingForecast, rest: string | null): string | null =>
  rest === null ? null : toText(add(exact(of.toDate), exact(rest)));

const shownForecast = (source: string, of: RemainingForecast, projected: Projection["projected"]) => {
  const total = add(exact(of.toDate), exact(of.expected));
  return {
    source,
    month_to_date: of.toDate,
    remaining: of.expected,
    total: toText(total),
    low: whole(of, of.low),
    high: whole(of, of.high),
    /** Our projection less theirs. */
    difference: projected === null ? null : toText(subtract(projected, total)),
    unavailable: null,
  };
};

const none = (source: string | null, reason: string) => ({
  source,
  month_to_date: null,
  remaining: null,
  total: null,
  low: null,
  high: null,
  difference: null,
  unavailable: reason,
});

/** What somebody else expects of the month; asked only for the month that runs, because only it has a rest. */
const askOutside = async (door: ViewDoor, of: Input & { period: Month }, today: Day, ours: Projection) => {
  const { source } = door.costForecast;
  const { start, end } = monthPeriod(of.period);
  if (monthOf(today) !== of.period) return none(source, `only the month that runs is forecast: ${monthOf(today)}`);
  const { basis, level } = of;
  const found = await door.costForecast
    .forecast({ basis, level, start, today, end: addDays(end, 1) })
    .catch((error: unknown) => {
      // Our own figures do not wait for somebody else's.
      if (error instanceof Problem && error.kind === "transient") return { unavailable: error.message };
      throw error;
    });
  if ("unavailable" in found) return none(source, found.unavailable);
  if (found.currency !== of.currency) return none(source, `it is in ${found.currency}, not in ${of.currency}`);
  return shownForecast(source ?? "unnamed", found, ours.projected);
};

/**
 * What a month comes to if its days go on as they were (the run rate by day, and named so), beside what AWS itself expects of it. Amounts
 * are decimal text in the currency. Throws a missing Problem where no cost of the month was delivered.
 */
export const costProjection = view("cost.projection", { needs: "cost:read", input }, async (door, asked) => {
  const today = dayOf(door.now);
  const period = asked.period ?? monthOf(today);
  const of = { ...asked, period };
  const currency: Currency = asked.currency;
  const rows = await door.load((tx) => readDayCosts(tx, { period, currency, basis: asked.basis }));
  if (rows.length === 0) throw missing("a cost delivery for", `${period} in ${currency}`);
  const ours = runRate(rows, monthPeriod(period), today);
  return {
    period,
    basis: asked.basis,
    currency,
    ...shownProjection(ours),
    forecast: await askOutside(door, of, today, ours),
  };
});
