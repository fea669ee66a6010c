import { and, eq } from "drizzle-orm";
import type { Json } from "../../../../kernel/index.ts";
import type { Database, TaskProgress } from "../../../../ports/index.ts";
import { workflowJournal } from "../../../../workflows/execution.sql.ts";
import { keepWithin } from "./writer.ts";

/** Who runs which execution. */
export interface Running {
  readonly database: Database;
  readonly runner: string;
  readonly executionNo: number;
}

const load = ({ database, executionNo }: Running, scope: string): Promise<Map<string, Json>> =>
  database.transaction("operator", async (tx) => {
    const rows = await tx
      .select({ key: workflowJournal.key, value: workflowJournal.value })
      .from(workflowJournal)
      .where(and(eq(workflowJournal.executionNo, executionNo), eq(workflowJournal.scope, scope)));
    return new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as Json]));
  });

/**
 * What the use cases of one attempt of a task leave, each in the transaction of its change, and find again when the attempt is made anew. The same use
 * case with the same input is known by how often it was asked before.
 */
export const openProgress = async (running: Running, attempt: string, isFresh: boolean): Promise<TaskProgress> => {
  const done = isFresh ? new Map<string, Json>() : await load(running, attempt);
  const asked = new Map<string, number>();
  const keyOf = (step: string): string => `${step}#${asked.get(step) ?? 0}`;
  return {
    recall: (step) => {
      asked.set(step, (asked.get(step) ?? 0) + 1);
      const result = done.get(keyOf(step));
      return result === undefined ? undefined : { result };
    },
    keep: (tx, step, result) => {
      const { database, runner, executionNo } = running;
      const journal = { scope: attempt, key: keyOf(step), value: JSON.stringify(result ?? null) };
      return keepWithin(database, tx, runner, { executionNo, journal });
    },
  };
};
