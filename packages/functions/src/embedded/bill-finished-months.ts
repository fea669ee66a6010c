import { allocatePeriod } from "@commops/core/allocation";
import { activeDeliveries } from "@commops/core/cost";
import { generatePeriodDrafts } from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import { runReconciliation } from "@commops/core/reconciliation";
import type { Call } from "@commops/core/record";
import { addMonths, dayOf, monthOf } from "@commops/core/time";

/** What runs daily in the process of the server. */
export interface DailyWork {
  readonly name: string;
  /** UTC time of day, HH:MM. */
  readonly dailyAt: string;
  run(call: Call): Promise<unknown>;
}

/** Months that may still be waiting for their drafts: the last two that are over. */
const MONTHS_BACK = [2, 1];

/**
 * Takes every month that is over and has cost from allocation to drafts. Each step answers from what is there when nothing changed, so
 * a second run makes nothing twice; a month that is not ready waits for the next day.
 */
const billFinishedMonths = async (call: Call): Promise<void> => {
  const thisMonth = monthOf(dayOf(call.world.clock.now()));
  for (const back of MONTHS_BACK) {
    const period = addMonths(thisMonth, -back);
    const deliveries = await call.world.database.transaction("operator", (tx) => activeDeliveries(tx, { period }));
    if (deliveries.length === 0) continue;
    try {
      await allocatePeriod.run(call, { period });
      await runReconciliation.run(call, { period });
      await generatePeriodDrafts.run(call, { period });
    } catch (error) {
      if (!(error instanceof Problem && error.kind === "precondition")) throw error;
    }
  }
};

export const dailySchedules: readonly DailyWork[] = [
  { name: "bill-finished-months", dailyAt: "04:30", run: billFinishedMonths },
];
