import { claimSchedule, type Call, endSchedule, lastScheduled } from "@commops/core/record";
import type { DailyWork } from "./bill-finished-months.ts";

const DAY_MS = 86_400_000;

/** The last time at or before `now` that a daily schedule was due. */
export const dueTime = (schedule: Pick<DailyWork, "dailyAt">, now: Date): Date => {
  const [hours = 0, minutes = 0] = schedule.dailyAt.split(":").map(Number);
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hours, minutes);
  return new Date(today <= now.getTime() ? today : today - DAY_MS);
};

/**
 * Runs what is due. A run that was missed while the machine was off is made up once; one that another process claimed is left to it.
 * The first start of a schedule only notes the time: nothing was missed before there was anything.
 */
export const runDue = async (call: Call, schedules: readonly DailyWork[]): Promise<string[]> => {
  const { database, clock } = call.world;
  const ran: string[] = [];
  for (const schedule of schedules) {
    const now = clock.now();
    const due = dueTime(schedule, now);
    const claim = await database.transaction("operator", async (tx) => {
      const last = await lastScheduled(tx, schedule.name);
      if (last !== undefined && last >= due) return "nothing";
      const isMine = await claimSchedule(tx, schedule.name, due, now);
      return isMine && last !== undefined ? "run" : "nothing";
    });
    if (claim === "nothing") continue;
    const failure = await schedule.run(call).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await database.transaction("operator", (tx) => endSchedule(tx, schedule.name, due, { now: clock.now(), failure }));
    ran.push(schedule.name);
  }
  return ran;
};
