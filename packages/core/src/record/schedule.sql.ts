import { pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instantColumn } from "../kernel/index.ts";

/** A time at which a schedule was due, claimed by the one process that runs it: schedulers may fire twice. */
export const scheduleRun = pgTable(
  "schedule_run",
  {
    schedule: text("schedule").notNull(),
    scheduledFor: instantColumn("scheduled_for").notNull(),
    claimedAt: instantColumn("claimed_at").notNull(),
    endedAt: instantColumn("ended_at"),
    failure: text("failure"),
    /** The execution that works for this time. */
    claimedBy: text("claimed_by"),
  },
  (table) => [primaryKey({ columns: [table.schedule, table.scheduledFor] })],
);
