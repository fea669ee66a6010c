import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { Problem } from "../../kernel/index.ts";
import type { Database } from "../../ports/index.ts";
import { MIGRATIONS } from "./migrations.ts";
import { scopedDatabase } from "./scoped.ts";
import { steadfast } from "./steadfast.ts";

/** Any number that only this product uses: two servers that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_305_117;

const OPTIONS = { onnotice: () => undefined, connect_timeout: 10 };

const place = (url: string): string => {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || "5432"}${pathname}`;
  } catch {
    throw new Problem(
      "invalid",
      "INVALID_ARGUMENT",
      "DATABASE_URL is not a URL; it looks like postgres://user:password@host:5432/name",
    );
  }
};

/** Brings the schema up to date, as its owner. Throws a Problem that names host and database, never the password. */
export const migratePostgres = async (url: string): Promise<void> => {
  const where = place(url);
  const owner = postgres(url, { ...OPTIONS, max: 1 });
  try {
    await owner`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(owner), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(
      "invalid",
      "INVALID_ARGUMENT",
      `DATABASE_URL: cannot use the database at ${where}: ${reason}. Check that it runs, the name and the password.`,
      { cause: error },
    );
  } finally {
    await owner.end({ timeout: 5 });
  }
};

/**
 * A real Postgres whose schema is up to date. The first query connects.
 * @param options.connections how many connections the pool may hold.
 * @param options.isProxied connections are shared by a proxy (RDS Proxy): nothing is prepared, since that would pin one to this client.
 */
export const connectPostgres = (
  url: string,
  options: { readonly connections?: number; readonly isProxied?: boolean } = {},
): Database => {
  place(url);
  const { connections = 10, isProxied = false } = options;
  const client = postgres(url, { ...OPTIONS, max: connections, prepare: !isProxied });
  return scopedDatabase(drizzle(steadfast(client)), () => client.end({ timeout: 5 }));
};

/**
 * Opens a real Postgres by URL and brings its schema up to date.
 * @param connections how many connections the pool may hold.
 * Throws a Problem that names host and database, never the password.
 */
export const openPostgres = async (url: string, connections = 10): Promise<Database> => {
  await migratePostgres(url);
  return connectPostgres(url, { connections });
};
