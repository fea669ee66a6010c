import { and, eq, inArray, isNull, lte, or, sql } from "drizzle-orm";
import { invalid, Problem, sha256 } from "../../../../kernel/index.ts";
import type { Database, Tx } from "../../../../ports/index.ts";
import { workflowExecution, workflowTaskToken } from "../../../../workflows/execution.sql.ts";
import type { TaskOutcome } from "../effects.ts";
import type { Running } from "./progress.ts";

const timedOut = (): Problem =>
  new Problem(
    "precondition",
    "TASK_TIMED_OUT",
    "the task of this token has ended: it was answered before, its time was over, or its execution was stopped",
  );

/** Says that something came from outside: who runs the execution looks, and where nobody does it is taken up. */
export const tellNews = async (tx: Tx, executionNo: number, now: Date): Promise<boolean> => {
  const told = await tx
    .update(workflowExecution)
    .set({
      news: sql`${workflowExecution.news} + 1`,
      wakeAt: sql`case when ${workflowExecution.runner} is null then least(${workflowExecution.wakeAt}, ${now.toISOString()}::timestamptz) else ${workflowExecution.wakeAt} end`,
    })
    .where(and(eq(workflowExecution.executionNo, executionNo), eq(workflowExecution.status, "RUNNING")))
    .returning({ executionNo: workflowExecution.executionNo });
  return told.length === 1;
};

/** Writes an answer or a heartbeat on an open token. Throws what the port promises for any other. */
const onOpenToken = (
  database: Database,
  token: string,
  now: Date,
  change: Partial<typeof workflowTaskToken.$inferInsert>,
): Promise<void> =>
  database.transaction("operator", async (tx) => {
    const tokenHash = sha256(token);
    const [row] = await tx.select().from(workflowTaskToken).where(eq(workflowTaskToken.tokenHash, tokenHash));
    if (row === undefined)
      throw invalid(
        "task_token",
        "is no token of a task that waits here; use it as the task was given it",
        "INVALID_TOKEN",
      );
    // The execution first, then the token: the same order as everywhere.
    if (!(await tellNews(tx, row.executionNo, now))) throw timedOut();
    const changed = await tx
      .update(workflowTaskToken)
      .set(change)
      .where(and(eq(workflowTaskToken.tokenHash, tokenHash), isNull(workflowTaskToken.closedAt)))
      .returning({ tokenHash: workflowTaskToken.tokenHash });
    if (changed.length === 0) throw timedOut();
  });

export const answerToken = (database: Database, token: string, now: Date, outcome: TaskOutcome): Promise<void> =>
  onOpenToken(database, token, now, { answer: JSON.stringify(outcome), closedAt: now });

export const beatToken = (database: Database, token: string, now: Date): Promise<void> =>
  onOpenToken(database, token, now, { heartbeatAt: now });

/** What is known of tokens that somebody waits for. */
export const readTokens = (database: Database, hashes: readonly string[]) =>
  database.transaction("operator", (tx) =>
    tx
      .select()
      .from(workflowTaskToken)
      .where(inArray(workflowTaskToken.tokenHash, [...hashes])),
  );

/**
 * Closes a token that nobody answered and, since `heardAt`, nobody sent a heartbeat for, where the runner still holds its execution. False where
 * somebody did, and where another server waits for it now.
 */
export const expireToken = (
  { database, runner, executionNo }: Running,
  tokenHash: string,
  now: Date,
  heardAt: number,
): Promise<boolean> =>
  database.transaction("operator", async (tx) => {
    const isSilent =
      heardAt === Infinity
        ? undefined
        : or(isNull(workflowTaskToken.heartbeatAt), lte(workflowTaskToken.heartbeatAt, new Date(heardAt)));
    const { executionNo: number, runner: holder, status } = workflowExecution;
    const held = await tx
      .select({ number })
      .from(workflowExecution)
      .where(and(eq(number, executionNo), eq(holder, runner), eq(status, "RUNNING")))
      .for("share");
    if (held.length === 1)
      await tx
        .update(workflowTaskToken)
        .set({ closedAt: now })
        .where(and(eq(workflowTaskToken.tokenHash, tokenHash), isNull(workflowTaskToken.closedAt), isSilent));
    const [row] = await tx.select().from(workflowTaskToken).where(eq(workflowTaskToken.tokenHash, tokenHash));
    return row === undefined || (row.closedAt !== null && row.answer === null);
  });

/** Closes what an execution that ends leaves open. */
export const closeTokens = async (tx: Tx, executionNo: number, now: Date): Promise<void> => {
  await tx
    .update(workflowTaskToken)
    .set({ closedAt: now })
    .where(and(eq(workflowTaskToken.executionNo, executionNo), isNull(workflowTaskToken.closedAt)));
};
