import { runReconciliation } from "@commops/core/reconciliation";
import {
  addDays,
  addMonths,
  type Day,
  dayOf,
  endExclusive,
  monthOf,
  type Month,
  monthPeriod,
  startOfDay,
} from "@commops/core/time";
import type { EmbeddedRuntime } from "../../runtime/embedded.ts";
import type { DemoPerson } from "../welcome.ts";
import { draftMonth, issueMonth, payMonth, submitMonth } from "./bill-month.ts";
import { type Cast, castAt } from "./cast.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./catalog.ts";
import { setUp, upgrade, recordMonth } from "./set-up.ts";

const MARK = "state/demonstration.json";
const SEED = 20_260;

export const demoPeople: readonly DemoPerson[] = DEMO_PEOPLE.map(({ userName, may }) => ({
  userName,
  may,
  password: DEMO_PASSWORD,
}));

/** Nine in the morning, UTC, of a day; never later than now. */
const morning = (day: Day, now: Date): Date => {
  const at = new Date(startOfDay(day).getTime() + 9 * 3_600_000);
  return at < now ? at : now;
};

/** The steps of the story, each of which may be repeated: an interrupted start goes on. */
const tell = async (
  castOn: (day: Day) => Cast,
  presently: Cast,
  months: readonly [Month, Month, Month],
  say: (text: string) => void,
): Promise<void> => {
  const [first, second, last] = months;
  await setUp(castOn(monthPeriod(first).start), first);
  for (const [index, month] of months.entries()) {
    const after = endExclusive(monthPeriod(month));
    say(`  ${month}: usage, cost report, allocation, drafts`);
    await recordMonth(castOn(after), month, SEED + index);
    if (month === last) await upgrade(castOn(after), month);
    await draftMonth(castOn(addDays(after, 7)), month, SEED + index);
    if (month === last) await submitMonth(presently, month, 5);
    else {
      await submitMonth(castOn(addDays(after, 7)), month, 8);
      await issueMonth(castOn(addDays(after, 8)), month);
      await payMonth(castOn(addDays(after, 20)), month, month === first ? 8 : 5);
    }
  }
  for (const month of [first, second])
    await runReconciliation.run(await castOn(addDays(endExclusive(monthPeriod(last)), 7)).as("fiona"), {
      period: month,
    });
};

/**
 * Fills an empty installation with a demonstration: a data platform with eight customers, three months of usage and AWS cost, two of
 * them billed and mostly paid, the last one waiting for review. Done once; does nothing where it was done.
 */
export const seedDemonstration = async (runtime: EmbeddedRuntime, say: (text: string) => void): Promise<void> => {
  const { world } = runtime;
  if (await world.files.has(MARK)) return;
  say("Making the demonstration (once, under a minute):");
  const now = world.clock.now();
  const thisMonth = monthOf(dayOf(now));
  const months = [addMonths(thisMonth, -3), addMonths(thisMonth, -2), addMonths(thisMonth, -1)] as const;
  await tell((day) => castAt(world, morning(day, now)), castAt(world, now), months, say);
  await world.files.put(MARK, new TextEncoder().encode(JSON.stringify({ months })));
};
