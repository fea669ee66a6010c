import { sql } from "drizzle-orm";
import type { Database } from "../src/ports/index.ts";

/** How many rows each table has: what a repeat must not change. */
export const tableSizes = (database: Database): Promise<Readonly<Record<string, string>>> =>
  database.transaction("operator", async (tx) => {
    const tables = await database.rows<{ name: string }>(
      tx,
      sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::text as rows from "${name}"`);
    const rows = await database.rows<{ name: string; rows: string }>(tx, sql.raw(counts.join(" union all ")));
    return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
  });
