import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { scheduleRun } from "./schedule.sql.ts";

/** When a schedule last was claimed for; undefined when never. */
export const lastScheduled = async (tx: Tx, schedule: string): Promise<Date | undefined> => {
  const [row] = await tx
    .select({ at: scheduleRun.scheduledFor })
    .from(scheduleRun)
    .where(eq(scheduleRun.schedule, schedule))
    .orderBy(desc(scheduleRun.scheduledFor))
    .limit(1);
  return row?.at;
};

/** Claims a due time for this process; false when another one has it. */
export const claimSchedule = async (tx: Tx, schedule: string, scheduledFor: Date, now: Date): Promise<boolean> => {
  const claimed = await tx
    .insert(scheduleRun)
    .values({ schedule, scheduledFor, claimedAt: now })
    .onConflictDoNothing()
    .returning({ schedule: scheduleRun.schedule });
  return claimed.length === 1;
};

/** Which execution has a due time; undefined while none has. */
export const claimHolder = async (tx: Tx, schedule: string, scheduledFor: Date): Promise<string | undefined> => {
  const [row] = await tx
    .select({ execution: scheduleRun.claimedBy })
    .from(scheduleRun)
    .where(and(eq(scheduleRun.schedule, schedule), eq(scheduleRun.scheduledFor, scheduledFor)));
  return row?.execution ?? undefined;
};

/** Claims a due time for an execution, and says which execution has it: the same one may ask again. */
export const claimFor = async (
  tx: Tx,
  claim: { readonly schedule: string; readonly scheduledFor: Date; readonly execution: string; readonly now: Date },
): Promise<string | undefined> => {
  const { schedule, scheduledFor, execution, now } = claim;
  const claimed = await tx
    .insert(scheduleRun)
    .values({ schedule, scheduledFor, claimedAt: now, claimedBy: execution })
    .onConflictDoNothing()
    .returning({ schedule: scheduleRun.schedule });
  return claimed.length === 1 ? execution : claimHolder(tx, schedule, scheduledFor);
};

/** Notes how a claimed run ended. */
export const endSchedule = async (
  tx: Tx,
  schedule: string,
  scheduledFor: Date,
  end: { readonly now: Date; readonly failure: string | undefined },
): Promise<void> => {
  await tx
    .update(scheduleRun)
    .set({ endedAt: end.now, failure: end.failure ?? null })
    .where(and(eq(scheduleRun.schedule, schedule), eq(scheduleRun.scheduledFor, scheduledFor)));
};
