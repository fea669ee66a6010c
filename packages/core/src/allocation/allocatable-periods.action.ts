import { z } from "zod";
import { activeDeliveries } from "../cost/index.ts";
import { monthInput } from "../kernel/index.ts";
import { periodState } from "../periods/index.ts";
import { view } from "../record/index.ts";
import { addMonths, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { readPeriodUsage } from "../usage/index.ts";
import { isBilledMonth } from "./baseline.store.ts";
import { rulesInForce } from "./rule.ts";
import { readAllocationRules } from "./rules.store.ts";

/** Months that a delivery may still change: the last three that are over, the oldest first. */
const MONTHS_BACK = [3, 2, 1];

/**
 * Months with cost: the one that is asked for, or the last ones that are over. A closed month is among them only where it is asked for and
 * was billed: allocating it anew restates what was billed, for an open month to correct. Allocating a month again changes only what changed.
 */
export const allocatablePeriods = view(
  "allocation.periods",
  { needs: "cost:read", input: z.object({ period: monthInput.nullish() }) },
  async (door, input) => {
    const thisMonth = monthOf(dayOf(door.now));
    const asked: Month[] = input.period ? [input.period] : MONTHS_BACK.map((back) => addMonths(thisMonth, -back));
    const periods: Month[] = [];
    const billed: Month[] = [];
    for (const period of asked) {
      const { state, deliveries, isBilled } = await door.load(async (tx) => ({
        state: await periodState(tx, period),
        deliveries: await activeDeliveries(tx, { period }),
        isBilled: await isBilledMonth(tx, period),
      }));
      if (deliveries.length === 0 || (state === "closed" && !(input.period && isBilled))) continue;
      periods.push(period);
      if (isBilled) billed.push(period);
    }
    return { periods, billed };
  },
);

/** The rules in force for a month, and the key metrics of theirs that nobody has usage of: what they share falls back as they say. */
export const checkAllocationRules = view(
  "allocation.check-rules",
  { needs: "cost:read", input: z.object({ period: monthInput }) },
  async (door, input) => {
    const period = monthPeriod(input.period);
    const { rules, used } = await door.load(async (tx) => ({
      rules: rulesInForce(await readAllocationRules(tx), period),
      used: new Set((await readPeriodUsage(tx, period)).map((row) => row.metricCode)),
    }));
    const keys = new Set(rules.flatMap((rule) => rule.keys.map((key) => key.metric_code)));
    return {
      rules: rules.map((rule) => `${rule.rule_id}@${rule.version}`),
      keys_without_usage: [...keys].filter((key) => !used.has(key)).toSorted(),
    };
  },
);
