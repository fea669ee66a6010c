import { z } from "zod";
import { invalid, missing, type RunId } from "../kernel/index.ts";
import { monthPeriod } from "../time/index.ts";
import { type ViewDoor, view } from "../record/index.ts";
import { allocationOf } from "./allocate-period.action.ts";
import { activeRuns, type AllocationRunRow, readRun } from "./allocation.store.ts";
import { summaryOf } from "./summary.store.ts";

/** A run by its id, or the active one of a period, basis and currency. */
export const runChoice = z.object({
  ...allocationOf,
  period: allocationOf.period.optional(),
  run_id: z.string().optional(),
});

/** The run that is meant. Throws a missing Problem when there is none, an invalid one when the choice is not clear. */
export const chosenRun = async (door: ViewDoor, choice: z.output<typeof runChoice>): Promise<AllocationRunRow> => {
  const { period, basis, currency, run_id: runId } = choice;
  if (runId !== undefined) {
    const run = await door.load((tx) => readRun(tx, runId as RunId));
    if (!run) throw missing("allocation run", runId);
    return run;
  }
  if (period === undefined) throw invalid("period", "name a period (YYYY-MM) or a run_id");
  const runs = await door.load((tx) => activeRuns(tx, { period: monthPeriod(period), basis, currency }));
  const [run] = runs;
  if (!run) throw missing("an allocation of", `${period} on the basis ${basis}`);
  if (runs.length > 1)
    throw invalid(
      "currency",
      `${period} has allocations in ${runs.map((one) => one.currency).join(", ")}: name one of them`,
    );
  return run;
};

/** What a period's allocation adds up to, in all and per service, with its findings. */
export const allocationSummary = view(
  "allocation.summary",
  { needs: "cost:read", input: runChoice },
  async (door, input) => {
    const run = await chosenRun(door, input);
    return door.load((tx) => summaryOf(tx, run));
  },
);
