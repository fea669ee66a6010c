import { type GetColumnData, sql, type SQLWrapper } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Tx } from "../ports/index.ts";

type Columns = Readonly<Record<string, PgColumn>>;
type ReadRow<C extends Columns> = { -readonly [K in keyof C]: GetColumnData<C[K]> };

/** JSON holds these as they are; the rest travels as the text that a driver would read, since JSON knows no decimals. */
const AS_JSON: ReadonlySet<string> = new Set(["number", "boolean", "json"]);

const list = z.array(z.unknown());
const valuesOf = (column: PgColumn, packed: string | null | undefined): unknown[] => {
  const values = list.parse(JSON.parse(packed ?? "[]"));
  if (AS_JSON.has(column.dataType)) return values;
  return values.map((value) => (value === null ? null : column.mapFromDriverValue(value)));
};

/**
 * Reads many rows as one JSON array a column: a message for each row and a field for each value cost several times as much. The query
 * selects the columns, each under its own name; rows come in its order, values as drizzle would give them.
 */
export const readRows = async <C extends Columns>(tx: Tx, columns: C, query: SQLWrapper): Promise<ReadRow<C>[]> => {
  const entries = Object.entries(columns);
  const packed = sql.identifier("packed");
  const lists = entries.map(([key, column]): [string, ReturnType<typeof sql<string | null>>] => {
    const value = sql`${packed}.${sql.identifier(column.name)}`;
    return [key, sql`json_agg(${AS_JSON.has(column.dataType) ? value : sql`${value}::text`})::text`];
  });
  const [found = {}] = await tx.select(Object.fromEntries(lists)).from(sql`${query} as ${packed}`);
  const read = entries.map(([key, column]) => ({ key, values: valuesOf(column, found[key]) }));
  return (read[0]?.values ?? []).map((_, place) => {
    const row: Record<string, unknown> = {};
    for (const { key, values } of read) row[key] = values[place];
    return row as ReadRow<C>;
  });
};
