import { sql } from "drizzle-orm";
import { precondition, Problem } from "../../../../kernel/index.ts";
import type { Database, Tx } from "../../../../ports/index.ts";
import {
  workflowEvent,
  workflowExecution,
  workflowJournal,
  workflowTaskToken,
} from "../../../../workflows/execution.sql.ts";

/** Rows of one execution that are to be kept. */
export interface Rows {
  readonly executionNo: number;
  readonly journal?: Omit<typeof workflowJournal.$inferInsert, "executionNo">;
  readonly event?: Omit<typeof workflowEvent.$inferInsert, "executionNo">;
  readonly token?: Omit<typeof workflowTaskToken.$inferInsert, "executionNo">;
}

/** Keeps what executions do, in the order they did it. */
export interface Writer {
  /** Takes rows; they are written soon, many in one statement. */
  append(rows: Rows): void;
  /** Resolves when all that was appended before is in the database, however long that is away. */
  settled(): Promise<void>;
}

const RETRY_MS = 500;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tries again, without end, what fails for a reason that passes. */
export const persistently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "transient") throw error;
      await pause(RETRY_MS);
    }
  }
};

/** The executions of a list that a runner holds and that still run; nobody takes or stops them before the transaction ends. */
const held = (runner: string, executionNos: readonly number[]) => sql`
  select execution_no from ${workflowExecution}
  where execution_no = any(${`{${executionNos.join(",")}}`}::bigint[]) and runner = ${runner} and status = 'RUNNING'
  order by execution_no for share`;

const lines = (rows: readonly object[]) => sql`${JSON.stringify(rows)}::json`;

const statement = (runner: string, batch: readonly Rows[]) => {
  const numbers = [...new Set(batch.map((row) => row.executionNo))];
  const journal = batch.flatMap(({ executionNo, journal: row }) =>
    row === undefined ? [] : [{ execution_no: executionNo, ...row }],
  );
  const events = batch.flatMap(({ executionNo, event }) => {
    if (event === undefined) return [];
    const { eventId, previousId, ...row } = event;
    return [{ execution_no: executionNo, event_id: eventId, previous_id: previousId, ...row }];
  });
  const tokens = batch.flatMap(({ executionNo, token }) =>
    token === undefined
      ? []
      : [{ execution_no: executionNo, token_hash: token.tokenHash, key: token.key, created_at: token.createdAt }],
  );
  // What is there already was written before the connection broke.
  return sql`with held as (${held(runner, numbers)}),
    journal as (insert into ${workflowJournal}
      select r.* from json_populate_recordset(null::workflow_journal, ${lines(journal)}) r join held using (execution_no)
      on conflict do nothing),
    events as (insert into ${workflowEvent}
      select r.* from json_populate_recordset(null::workflow_event, ${lines(events)}) r join held using (execution_no)
      on conflict do nothing),
    tokens as (insert into ${workflowTaskToken} (token_hash, execution_no, key, created_at)
      select token_hash, execution_no, key, created_at
      from json_populate_recordset(null::workflow_task_token, ${lines(tokens)}) r join held using (execution_no)
      on conflict do nothing)
    select execution_no from held`;
};

/** Rows that are written together. */
interface Batch {
  readonly rows: Rows[];
  readonly written: Promise<void>;
  readonly tellWritten: () => void;
}

const openBatch = (): Batch => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { rows: [], written: promise, tellWritten: resolve };
};

const byExecution = (batch: readonly Rows[]): Rows[][] =>
  [...new Set(batch.map((row) => row.executionNo))].map((number) => batch.filter((row) => row.executionNo === number));

/**
 * Writes what all executions of one runner do: while one statement is under way the next one gathers, so that many steps share a
 * commit. `onLost` hears of an execution that the runner holds no more, or whose rows the database refuses: it keeps nothing further.
 */
export const openWriter = (
  database: Database,
  runner: string,
  onLost: (executionNo: number, error?: unknown) => void,
): Writer => {
  let gathering = openBatch();
  let writing: Batch | undefined;
  let draining: Promise<void> | undefined;
  const write = async (batch: readonly Rows[]): Promise<void> => {
    try {
      const kept = await persistently(() =>
        database.transaction("operator", (tx) =>
          database.rows<{ execution_no: string | number | bigint }>(tx, statement(runner, batch)),
        ),
      );
      const known = new Set(kept.map((row) => Number(row.execution_no)));
      for (const number of new Set(batch.map((row) => row.executionNo))) if (!known.has(number)) onLost(number);
    } catch (error) {
      const parts = byExecution(batch);
      if (parts.length > 1) for (const part of parts) await write(part);
      else for (const row of batch.slice(0, 1)) onLost(row.executionNo, error);
    }
  };
  const drain = async (): Promise<void> => {
    while (gathering.rows.length > 0) {
      writing = gathering;
      gathering = openBatch();
      await write(writing.rows);
      writing.tellWritten();
    }
    writing = undefined;
    draining = undefined;
  };
  const begin = (): void => {
    if (gathering.rows.length > 0) draining ??= drain();
  };
  return {
    append: (rows) => {
      gathering.rows.push(rows);
      // Steps that need nothing from outside go on meanwhile, and share the statement.
      if (gathering.rows.length === 1) setImmediate(begin);
    },
    settled: async () => {
      const last = gathering.rows.length > 0 ? gathering : writing;
      begin();
      await last?.written;
    },
  };
};

/**
 * Keeps a journal row in somebody else's transaction. Throws a precondition Problem where the execution has ended or another runner has it: then
 * the transaction must not commit either.
 */
export const keepWithin = async (
  database: Database,
  tx: Tx,
  runner: string,
  { executionNo, journal }: Rows & { readonly journal: NonNullable<Rows["journal"]> },
): Promise<void> => {
  const kept = await database.rows(
    tx,
    sql`with held as (${held(runner, [executionNo])})
      insert into ${workflowJournal} select execution_no, ${journal.scope}, ${journal.key}, ${journal.value} from held returning 1 as kept`,
  );
  if (kept.length === 0)
    throw precondition(
      "the execution that asked for this has ended, or another server goes on with it: nothing is done",
    );
};
