import { type SQL, sql } from "drizzle-orm";
import type { Database, Tx } from "../ports/index.ts";
import type { Day } from "../time/index.ts";
import type { ExportableTable } from "./exportable.ts";

/** Every cell as text; null where there is nothing. */
export type ExportRow = Readonly<Record<string, string | null>>;

export interface ExportPage {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  /** The last row of the page before. */
  readonly after: ExportRow | undefined;
  readonly limit: number;
}

/** Instants as RFC 3339 in UTC, whatever the time zone of the session; their columns end with `_at`. */
const cell = (column: string): SQL => {
  const name = sql.identifier(column);
  return column.endsWith("_at")
    ? sql`to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${name}`
    : sql`${name}::text as ${name}`;
};

const list = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `);

const conditions = (table: ExportableTable, page: ExportPage): SQL[] => {
  const { after } = page;
  const keys = table.key.map(({ column }) => sql`${sql.identifier(column)}`);
  const reached = table.key.map(({ column, type }) => sql`${after?.[column] ?? null}::${sql.raw(type)}`);
  const day = table.day === null ? undefined : sql.identifier(table.day);
  return [
    ...(after === undefined ? [] : [sql`(${list(keys)}) > (${list(reached)})`]),
    ...(day === undefined || page.from === undefined ? [] : [sql`${day} >= ${page.from}::date`]),
    ...(day === undefined || page.to === undefined ? [] : [sql`${day} <= ${page.to}::date`]),
  ];
};

/**
 * The next rows of a table in the order of its key. Exports read tables by the names that the data contract gives them, and only
 * those that `exportable.ts` lists; row-level security applies as everywhere.
 */
export const readExportPage = (
  tx: Tx,
  rows: Database["rows"],
  of: { readonly name: string; readonly table: ExportableTable; readonly page: ExportPage },
): Promise<ExportRow[]> => {
  const { name, table, page } = of;
  const where = conditions(table, page);
  return rows<ExportRow>(
    tx,
    sql`select ${list(table.columns.map(cell))} from ${sql.identifier(name)}
        ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`}
        order by ${list(table.key.map(({ column }) => sql`${sql.identifier(name)}.${sql.identifier(column)}`))}
        limit ${page.limit}`,
  );
};
