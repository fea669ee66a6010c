import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../src/ports/index.ts";

/** No execution has a number as high. */
const SHIFT = 1_000_000;

const textOf = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

const partOf = <T>(rows: readonly T[], index: number, parts: number): T[] =>
  rows.slice(Math.floor((rows.length * index) / parts), Math.floor((rows.length * (index + 1)) / parts));

/**
 * Prepares the rows that all executions left to be inserted once more, in so many transactions and by nothing but the inserts: the work
 * that a durable engine cannot do without. Answers the inserting.
 */
export const bareInserts = async (database: Database, transactions: number): Promise<() => Promise<void>> => {
  const read = (query: SQL): Promise<object[]> =>
    database.transaction("operator", (tx) => database.rows<object>(tx, query));
  const events =
    await read(sql`select execution_no + ${SHIFT}::bigint as execution_no, scope, event_id, previous_id, key, type, state, at, details
      from workflow_event where execution_no < ${SHIFT} order by at, event_id`);
  const journal = await read(
    sql`select execution_no + ${SHIFT}::bigint as execution_no, scope, key, value from workflow_journal where execution_no < ${SHIFT}`,
  );
  const parts = Array.from({ length: transactions }, (_, index) => ({
    events: textOf(partOf(events, index, transactions)),
    journal: textOf(partOf(journal, index, transactions)),
  }));
  return async () => {
    for (const part of parts)
      await database.transaction("operator", async (tx) => {
        await tx.execute(
          sql`insert into workflow_event select * from json_populate_recordset(null::workflow_event, ${part.events}::json)`,
        );
        await tx.execute(
          sql`insert into workflow_journal select * from json_populate_recordset(null::workflow_journal, ${part.journal}::json)`,
        );
      });
  };
};
