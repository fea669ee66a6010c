import { claimSchedule, type Call, endSchedule, lastScheduled } from "@commops/core/record";
import type { Due } from "../schedules.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What the embedded scheduler runs, with the time for which it was due. */
export interface ScheduledWork {
  readonly name: string;
  readonly due: Due;
  run(call: Call, at: Date): Promise<unknown>;
}

/** The last time at or before `now` that something was due. */
export const dueTime = (due: Due, now: Date): Date => {
  if ("everyMinutes" in due) {
    const step = due.everyMinutes * MINUTE_MS;
    return new Date(Math.floor(now.getTime() / step) * step);
  }
  const [hours = 0, minutes = 0] = due.dailyAt.split(":").map(Number);
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hours, minutes);
  let at = new Date(today <= now.getTime() ? today : today - DAY_MS);
  while (at.getUTCDate() < (due.fromDay ?? 1)) at = new Date(at.getTime() - DAY_MS);
  return at;
};

/**
 * Runs what is due. A run that was missed while the machine was off is made up once; one that another process claimed is left to it.
 * The first start of a schedule only notes the time: nothing was missed before there was anything.
 */
export const runDue = async (call: Call, schedules: readonly ScheduledWork[]): Promise<string[]> => {
  const { database, clock } = call.world;
  const ran: string[] = [];
  for (const schedule of schedules) {
    const now = clock.now();
    const due = dueTime(schedule.due, now);
    const claim = await database.transaction("operator", async (tx) => {
      const last = await lastScheduled(tx, schedule.name);
      if (last !== undefined && last >= due) return "nothing";
      const isMine = await claimSchedule(tx, schedule.name, due, now);
      return isMine && last !== undefined ? "run" : "nothing";
    });
    if (claim === "nothing") continue;
    const failure = await schedule.run(call, due).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await database.transaction("operator", (tx) => endSchedule(tx, schedule.name, due, { now: clock.now(), failure }));
    ran.push(schedule.name);
  }
  return ran;
};
