import type { PGlite } from "@electric-sql/pglite";

/** Tables that grew by half since they were last looked at, or were never; eight pages are small however they are planned. */
const GROWN = `
  select quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r'
    and pg_relation_size(c.oid) / current_setting('block_size')::int > 8 + 1.5 * greatest(c.relpages, 0)`;
const PAUSE_MS = 2_000;

/**
 * What autovacuum does elsewhere, which the embedded engine does not have: statistics and free space of tables that have grown. Without
 * them a large table is planned like an empty one. To be called between transactions; looks at most every other second, unless it is the last time.
 */
export const tableUpkeep = (client: Pick<PGlite, "query" | "exec">): ((isLast?: boolean) => Promise<void>) => {
  let next = 0;
  return async (isLast = false) => {
    if (performance.now() < next && !isLast) return;
    next = Number.POSITIVE_INFINITY;
    try {
      const { rows } = await client.query<{ name: string }>(GROWN);
      for (const { name } of rows) await client.exec(`vacuum (analyze) ${name}`);
    } finally {
      next = performance.now() + PAUSE_MS;
    }
  };
};
