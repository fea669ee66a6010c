import { and, asc, inArray, isNull, lt, ne } from "drizzle-orm";
import type { Database, Tx } from "../../../../ports/index.ts";
import {
  workflowEvent,
  workflowExecution,
  workflowJournal,
  workflowTaskToken,
} from "../../../../workflows/execution.sql.ts";
import { inDatabase } from "./executions.ts";

/** Executions a transaction: one of them may have the rows of ten thousand children. */
const BATCH = 20;

/** Removes the next batch, the oldest first; answers how many there were. A redrive at the same time comes first or finds nothing to go on with. */
const removeBatch = async (tx: Tx, endedBefore: Date, now: Date): Promise<number> => {
  const { executionNo, stoppedAt, status, journalRemovedAt } = workflowExecution;
  const due = await tx
    .select({ executionNo })
    .from(workflowExecution)
    .where(and(lt(stoppedAt, endedBefore), isNull(journalRemovedAt), ne(status, "RUNNING")))
    .orderBy(asc(stoppedAt))
    .limit(BATCH)
    .for("update", { skipLocked: true });
  if (due.length === 0) return 0;
  const numbers = due.map((row) => row.executionNo);
  await tx.delete(workflowJournal).where(inArray(workflowJournal.executionNo, numbers));
  await tx.delete(workflowTaskToken).where(inArray(workflowTaskToken.executionNo, numbers));
  await tx.delete(workflowEvent).where(and(inArray(workflowEvent.executionNo, numbers), ne(workflowEvent.scope, "")));
  await tx.update(workflowExecution).set({ journalRemovedAt: now }).where(inArray(executionNo, numbers));
  return due.length;
};

/** Removes what only going on needs of executions that ended before an instant, and answers of how many. */
export const removeJournals = async (database: Database, endedBefore: Date, now: Date): Promise<number> => {
  let removed = 0;
  for (;;) {
    const count = await inDatabase(database, (tx) => removeBatch(tx, endedBefore, now));
    removed += count;
    if (count < BATCH) return removed;
  }
};
