import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, lte, min, or, sql } from "drizzle-orm";
import type { Database, ExecutionStatus, Tx } from "../../../../ports/index.ts";
import { workflowEvent, workflowExecution } from "../../../../workflows/execution.sql.ts";
import type { ExecutionResult } from "../run.ts";
import { closeTokens, tellNews } from "./tokens.ts";

export type ExecutionRow = typeof workflowExecution.$inferSelect;

const table = workflowExecution;

/** An execution that a runner has taken, or that it holds. */
export interface Held {
  readonly executionNo: number;
  readonly news: number;
}

/** Writes an execution that is to be run at once. Undefined where its name was used before. */
export const insertExecution = async (
  tx: Tx,
  row: Omit<typeof table.$inferInsert, "status" | "wakeAt">,
  roleArn: string,
): Promise<ExecutionRow | undefined> => {
  const [inserted] = await tx
    .insert(table)
    .values({ ...row, status: "RUNNING", wakeAt: row.startedAt })
    .onConflictDoNothing()
    .returning();
  if (inserted === undefined) return undefined;
  await tx.insert(workflowEvent).values({
    executionNo: inserted.executionNo,
    scope: "",
    eventId: 1,
    previousId: 0,
    key: "/ExecutionStarted",
    type: "ExecutionStarted",
    state: null,
    at: row.startedAt,
    details: `{"input":${row.input},"roleArn":${JSON.stringify(roleArn)}}`,
  });
  return inserted;
};

export const findByName = async (tx: Tx, machine: string, name: string): Promise<ExecutionRow | undefined> =>
  (
    await tx
      .select()
      .from(table)
      .where(and(eq(table.machine, machine), eq(table.name, name)))
  )[0];

export const findByArn = async (tx: Tx, executionArn: string): Promise<ExecutionRow | undefined> =>
  (await tx.select().from(table).where(eq(table.executionArn, executionArn)))[0];

export const findByNumbers = (tx: Tx, numbers: readonly number[]): Promise<ExecutionRow[]> =>
  tx
    .select()
    .from(table)
    .where(inArray(table.executionNo, [...numbers]));

/** Executions of a machine, newest first, before a number. */
export const listExecutions = (
  tx: Tx,
  filter: { machine: string; status: ExecutionStatus | undefined; before: bigint | undefined; limit: number },
): Promise<ExecutionRow[]> =>
  tx
    .select()
    .from(table)
    .where(
      and(
        eq(table.machine, filter.machine),
        filter.status === undefined ? undefined : eq(table.status, filter.status),
        filter.before === undefined ? undefined : lt(table.executionNo, Number(filter.before)),
      ),
    )
    .orderBy(desc(table.executionNo))
    .limit(filter.limit);

/** Takes executions whose time has come, and those whose runner is silent, for as long as the lease. */
export const claimDue = async (
  tx: Tx,
  runner: string,
  now: Date,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<ExecutionRow[]> => {
  const isDue = and(isNull(table.runner), lte(table.wakeAt, now));
  const isAbandoned = and(isNotNull(table.runner), lte(table.leasedUntil, now));
  const due = await tx
    .select({ executionNo: table.executionNo })
    .from(table)
    .where(and(eq(table.status, "RUNNING"), or(isDue, isAbandoned)))
    .orderBy(asc(table.executionNo))
    .limit(limit)
    .for("update", { skipLocked: true });
  if (due.length === 0) return [];
  return tx
    .update(table)
    .set({ runner, leasedUntil: new Date(now.getTime() + leaseMs), wakeAt: null })
    .where(
      inArray(
        table.executionNo,
        due.map((row) => row.executionNo),
      ),
    )
    .returning();
};

/** Says how long a runner keeps what it holds, and answers what that is (still). */
export const renewLeases = (tx: Tx, runner: string, until: Date): Promise<Held[]> =>
  tx
    .update(table)
    .set({ leasedUntil: until })
    .where(and(eq(table.runner, runner), eq(table.status, "RUNNING")))
    .returning({ executionNo: table.executionNo, news: table.news });

export const readHeld = (tx: Tx, runner: string): Promise<Held[]> =>
  tx
    .select({ executionNo: table.executionNo, news: table.news })
    .from(table)
    .where(and(eq(table.runner, runner), eq(table.status, "RUNNING")));

/** Takes everything back from runners that are no more. For a server that is alone on its database. */
export const takeBack = async (tx: Tx, now: Date): Promise<void> => {
  await tx
    .update(table)
    .set({ runner: null, leasedUntil: null, wakeAt: now })
    .where(and(eq(table.status, "RUNNING"), isNotNull(table.runner)));
};

/** When the next execution that nobody holds has to be taken up. */
export const nextWakeUp = async (tx: Tx): Promise<Date | undefined> => {
  const [row] = await tx
    .select({ at: min(table.wakeAt) })
    .from(table)
    .where(and(eq(table.status, "RUNNING"), isNull(table.runner)));
  return row?.at ?? undefined;
};

/** Gives an execution back until a time. With `news` only where nothing came from outside since; false otherwise. */
export const releaseExecution = async (
  tx: Tx,
  runner: string,
  { executionNo, news }: { readonly executionNo: number; readonly news?: number },
  wakeAt: Date,
): Promise<boolean> => {
  const released = await tx
    .update(table)
    .set({ runner: null, leasedUntil: null, wakeAt })
    .where(
      and(
        eq(table.executionNo, executionNo),
        eq(table.runner, runner),
        eq(table.status, "RUNNING"),
        news === undefined ? undefined : eq(table.news, news),
      ),
    )
    .returning({ executionNo: table.executionNo });
  return released.length === 1;
};

const ended = { runner: null, leasedUntil: null, wakeAt: null } as const;

/** Writes the end of an execution, unless the runner holds it no more, and tells who waits for it. */
export const endExecution = async (
  tx: Tx,
  runner: string,
  executionNo: number,
  { status, output, error, cause, stoppedAt }: ExecutionResult,
): Promise<boolean> => {
  const at = new Date(stoppedAt);
  const [row] = await tx
    .update(table)
    .set({
      ...ended,
      status,
      output: output === undefined ? null : JSON.stringify(output),
      error,
      cause,
      stoppedAt: at,
    })
    .where(and(eq(table.executionNo, executionNo), eq(table.runner, runner), eq(table.status, "RUNNING")))
    .returning({ awaitedBy: table.awaitedBy });
  if (row === undefined) return false;
  await closeTokens(tx, executionNo, at);
  if (row.awaitedBy !== null) await tellNews(tx, row.awaitedBy, at);
  return true;
};

/** The number that the next event of an execution has. */
export const nextEventId = async (tx: Tx, executionNo: number): Promise<number> => {
  const [row] = await tx
    .select({ last: sql<number>`coalesce(max(${workflowEvent.eventId}), 0)`.mapWith(Number) })
    .from(workflowEvent)
    .where(and(eq(workflowEvent.executionNo, executionNo), eq(workflowEvent.scope, "")));
  return (row?.last ?? 0) + 1;
};

/** Adds an event that tells what was done to an execution from outside. */
export const addEvent = async (
  tx: Tx,
  executionNo: number,
  event: { readonly key: string; readonly type: string; readonly at: Date; readonly details: object },
): Promise<void> => {
  const eventId = await nextEventId(tx, executionNo);
  const { details, ...row } = event;
  await tx.insert(workflowEvent).values({
    ...row,
    executionNo,
    scope: "",
    eventId,
    previousId: eventId - 1,
    state: null,
    details: JSON.stringify(details),
  });
};

/** Ends a running execution as ABORTED. Answers it as it is then, whether or not it ran; undefined where it is not there. */
export const abortExecution = async (
  tx: Tx,
  executionArn: string,
  reason: { readonly error: string; readonly cause: string },
  now: Date,
): Promise<ExecutionRow | undefined> => {
  const [row] = await tx
    .update(table)
    .set({ ...ended, ...reason, status: "ABORTED", stoppedAt: now })
    .where(and(eq(table.executionArn, executionArn), eq(table.status, "RUNNING")))
    .returning();
  if (row === undefined) return findByArn(tx, executionArn);
  await closeTokens(tx, row.executionNo, now);
  const key = `/ExecutionEnded@${row.redriveCount}`;
  await addEvent(tx, row.executionNo, { key, type: "ExecutionAborted", at: now, details: reason });
  if (row.awaitedBy !== null) await tellNews(tx, row.awaitedBy, now);
  return row;
};

/** Events of an execution, or of a child of its Maps, after (or, newest first, before) an id. */
export const listEvents = (
  tx: Tx,
  { executionNo, scope }: { readonly executionNo: number; readonly scope: string },
  page: { readonly after: number | undefined; readonly limit: number; readonly newestFirst: boolean },
) =>
  tx
    .select()
    .from(workflowEvent)
    .where(
      and(
        eq(workflowEvent.executionNo, executionNo),
        eq(workflowEvent.scope, scope),
        page.after === undefined
          ? undefined
          : page.newestFirst
            ? lt(workflowEvent.eventId, page.after)
            : sql`${workflowEvent.eventId} > ${page.after}`,
      ),
    )
    .orderBy(page.newestFirst ? desc(workflowEvent.eventId) : asc(workflowEvent.eventId))
    .limit(page.limit);

/** Runs one short piece of reading or writing about executions. */
export const inDatabase = <T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.transaction("operator", work);
