import { getTableColumns, type InferInsertModel, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Tx } from "../ports/index.ts";

const ROWS_A_STATEMENT = 2000;

type Row = Record<string, unknown>;

/** JSON has no bigint; everything else that a column holds, it writes as Postgres reads it. */
const asJson = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
const json = (value: unknown): string => JSON.stringify(value, asJson);

/**
 * Columns that say the same in every row of a statement travel once, as its first row says them: reading them again for each row is most of
 * what a wide insert takes.
 */
const splitColumns = (rows: readonly Row[], keys: readonly string[]) => {
  const common = rows[0] ?? {};
  const shared = keys.filter((key) => rows.every((row) => Object.is(row[key], common[key])));
  return { common, shared, own: keys.filter((key) => !shared.includes(key)) };
};

/**
 * Inserts many rows of one shape as one JSON parameter each few thousand: a parameter for each value costs several times as much.
 * Columns that the first row does not name take their defaults.
 */
export const insertRows = async <T extends PgTable>(
  tx: Tx,
  table: T,
  rows: readonly InferInsertModel<T>[],
): Promise<void> => {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key in first);
  const keys = columns.map(([key]) => key);
  const names = sql.join(
    columns.map(([, column]) => sql.identifier(column.name)),
    sql`, `,
  );
  const named = (row: Row, wanted: readonly string[]): Row =>
    Object.fromEntries(columns.filter(([key]) => wanted.includes(key)).map(([key, column]) => [column.name, row[key]]));
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const chunk: readonly Row[] = rows.slice(start, start + ROWS_A_STATEMENT);
    const { common, shared, own } = splitColumns(chunk, keys);
    const base = sql`json_populate_record(null::${table}, ${json(named(common, shared))}::json)`;
    const parts = json(chunk.map((row) => named(row, own)));
    await tx.execute(
      sql`insert into ${table} (${names}) select ${names} from json_populate_recordset(${base}, ${parts}::json)`,
    );
  }
};
