import { sql } from "drizzle-orm";
import { bigint, index, integer, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import { instantColumn } from "../kernel/index.ts";

/**
 * The tables of the embedded engine, which alone reads and writes them (in AWS Step Functions keeps its own). Values are JSON as text: jsonb
 * would put members in another order, and what runs again after a crash would no longer see what it saw. Rows below an execution carry no
 * foreign key, which would cost as much as the row.
 */
export const workflowExecution = pgTable(
  "workflow_execution",
  {
    /** Rises with time: lists are ordered by it. */
    executionNo: bigint("execution_no", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    executionArn: text("execution_arn").notNull().unique(),
    machine: text("machine").notNull(),
    name: text("name").notNull(),
    status: text("status").$type<"RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED">().notNull(),
    /** Pinned when it was started. */
    definition: text("definition").notNull(),
    input: text("input").notNull(),
    /** Random values and task tokens come from it: secret. */
    seed: text("seed").notNull(),
    output: text("output"),
    error: text("error"),
    cause: text("cause"),
    startedAt: instantColumn("started_at").notNull(),
    stoppedAt: instantColumn("stopped_at"),
    redriveCount: integer("redrive_count").notNull().default(0),
    redrivenAt: instantColumn("redriven_at"),
    /** The execution that waits for the end of this one. */
    awaitedBy: bigint("awaited_by", { mode: "number" }),
    /** Who runs it, and until when nobody else may. */
    runner: text("runner"),
    leasedUntil: instantColumn("leased_until"),
    /** When somebody has to take it up; null while it is run, and when it has ended. */
    wakeAt: instantColumn("wake_at"),
    /** When its journal was removed: it can be looked at, and not gone on with. */
    journalRemovedAt: instantColumn("journal_removed_at"),
    /** Counts what comes from outside (answers, heartbeats, stops), so that its runner sees that there is some. */
    news: integer("news").notNull().default(0),
  },
  (table) => [
    unique("workflow_execution_name").on(table.machine, table.name),
    index("workflow_execution_list").on(table.machine, table.executionNo),
    index("workflow_execution_wake").on(table.status, table.wakeAt),
    index("workflow_execution_runner").on(table.runner),
    index("workflow_execution_ended")
      .on(table.stoppedAt)
      .where(sql`stopped_at is not null and journal_removed_at is null`),
  ],
);

/** What an execution has done: the value of each finished step. `scope` is empty, or names a child of a distributed map. */
export const workflowJournal = pgTable(
  "workflow_journal",
  {
    executionNo: bigint("execution_no", { mode: "number" }).notNull(),
    scope: text("scope").notNull(),
    /** Path of states with visit numbers, iteration, branch and attempt. */
    key: text("key").notNull(),
    value: text("value").notNull(),
  },
  (table) => [primaryKey({ columns: [table.executionNo, table.scope, table.key] })],
);

/** The history of an execution. `key` lets a step that runs again find its events. */
export const workflowEvent = pgTable(
  "workflow_event",
  {
    executionNo: bigint("execution_no", { mode: "number" }).notNull(),
    scope: text("scope").notNull(),
    eventId: integer("event_id").notNull(),
    previousId: integer("previous_id").notNull(),
    key: text("key").notNull(),
    type: text("type").notNull(),
    state: text("state"),
    at: instantColumn("at").notNull(),
    details: text("details").notNull(),
  },
  (table) => [primaryKey({ columns: [table.executionNo, table.scope, table.eventId] })],
);

/** A task that waits for its answer. The token itself is in nobody's table, only its SHA-256. */
export const workflowTaskToken = pgTable(
  "workflow_task_token",
  {
    tokenHash: text("token_hash").primaryKey(),
    executionNo: bigint("execution_no", { mode: "number" }).notNull(),
    /** The attempt that it belongs to. */
    key: text("key").notNull(),
    createdAt: instantColumn("created_at").notNull(),
    heartbeatAt: instantColumn("heartbeat_at"),
    /** The first answer; none comes after it. */
    answer: text("answer"),
    /** When it was answered, or could no longer be. */
    closedAt: instantColumn("closed_at"),
  },
  (table) => [index("workflow_task_token_execution").on(table.executionNo)],
);
