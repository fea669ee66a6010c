import { inArray } from "drizzle-orm";
import type { Database } from "../../../../ports/index.ts";
import { workflowExecution } from "../../../../workflows/execution.sql.ts";
import type { TaskOutcome } from "../effects.ts";
import type { Activity } from "./activity.ts";
import type { ExecutionRow } from "./executions.ts";
import { readTokens } from "./tokens.ts";
import { persistently } from "./writer.ts";

interface Asked {
  readonly answer: (outcome: TaskOutcome) => void;
  readonly onHeartbeat: (at: number) => void;
}

/** What one execution waits for from outside: answers to its tokens, ends of executions that it started. */
export interface Inbox {
  answer(tokenHash: string, onHeartbeat: (at: number) => void, signal: AbortSignal): Promise<TaskOutcome>;
  end(executionArn: string, signal: AbortSignal): Promise<ExecutionRow>;
  /** Looks what has come. */
  refresh(): Promise<void>;
}

/** `onBroken` hears of what keeps it from looking. */
export const openInbox = (database: Database, activity: Activity, onBroken: (error: unknown) => void): Inbox => {
  const tokens = new Map<string, Asked>();
  const ends = new Map<string, (row: ExecutionRow) => void>();
  let isAsked = false;
  const readTokenRows = async (): Promise<void> => {
    if (tokens.size === 0) return;
    for (const row of await readTokens(database, [...tokens.keys()])) {
      const asked = tokens.get(row.tokenHash);
      if (row.heartbeatAt !== null) asked?.onHeartbeat(row.heartbeatAt.getTime());
      if (row.answer !== null) asked?.answer(JSON.parse(row.answer) as TaskOutcome);
    }
  };
  const readEnds = async (): Promise<void> => {
    if (ends.size === 0) return;
    const rows = await database.transaction("operator", (tx) =>
      tx
        .select()
        .from(workflowExecution)
        .where(inArray(workflowExecution.executionArn, [...ends.keys()])),
    );
    for (const row of rows) if (row.status !== "RUNNING") ends.get(row.executionArn)?.(row);
  };
  const refresh = (): Promise<void> => activity.busy(persistently(() => readTokenRows().then(readEnds)));
  /** Many that begin to wait at once look once. */
  const look = (): void => {
    if (isAsked) return;
    isAsked = true;
    const soon = Promise.resolve().then(() => {
      isAsked = false;
      return refresh();
    });
    activity.busy(soon).catch(onBroken);
  };
  return {
    answer: (tokenHash, onHeartbeat, signal) =>
      activity.outside(signal, (answer) => {
        tokens.set(tokenHash, { answer, onHeartbeat });
        look();
        return () => void tokens.delete(tokenHash);
      }),
    end: (executionArn, signal) =>
      activity.outside(signal, (resolve) => {
        ends.set(executionArn, resolve);
        look();
        return () => void ends.delete(executionArn);
      }),
    refresh,
  };
};
