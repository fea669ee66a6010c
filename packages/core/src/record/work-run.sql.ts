import { index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instantColumn, type Json, type RunId, tenantColumn } from "../kernel/index.ts";

/** Work that goes on after its request was answered: what was asked, by whom, and how it ended. */
export const workRun = pgTable(
  "work_run",
  {
    runId: text("run_id").$type<RunId>().primaryKey(),
    /** Title of the use case that does the work. */
    kind: text("kind").notNull(),
    tenantId: tenantColumn(),
    status: text("status").$type<"queued" | "running" | "succeeded" | "failed">().notNull(),
    input: jsonb("input").$type<Json>().notNull(),
    /** The actor as plain data, so that the work can be taken up again after a crash. */
    requestedBy: jsonb("requested_by").$type<Json>().notNull(),
    traceId: text("trace_id").notNull(),
    result: jsonb("result").$type<Json>(),
    error: jsonb("error").$type<Json>(),
    createdAt: instantColumn("created_at").notNull(),
    /** When the latest attempt began: who holds the run knows it by this. */
    startedAt: instantColumn("started_at"),
    /** Until when its process is taken to be alive; it moves on as long as the process works. */
    leaseUntil: instantColumn("lease_until"),
    /** Times that a process took it up. */
    attempts: integer("attempts").notNull().default(0),
    endedAt: instantColumn("ended_at"),
  },
  (table) => [index("work_run_status").on(table.status, table.createdAt)],
);
