import { sql } from "drizzle-orm";
import type { Database } from "../src/ports/index.ts";

/** All rows of some tables as one text, to look for what must not be stored. */
export const textOf = (database: Database, tables: readonly string[]): Promise<string> =>
  database.transaction("operator", async (tx) => {
    const rows: unknown[] = [];
    for (const table of tables) rows.push(...(await database.rows(tx, sql`select * from ${sql.identifier(table)}`)));
    return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  });
