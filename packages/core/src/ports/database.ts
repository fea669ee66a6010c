import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { TenantId } from "../kernel/index.ts";

/** A transaction: drizzle's query builder, the same on the embedded and on a real Postgres. */
export type Tx = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** Whose rows a transaction may touch; row-level security enforces it even where a query forgets. */
export type Scope = "operator" | { readonly tenantId: TenantId };

export interface Database {
  /** Runs work in one transaction as the role that is not the owner, with row-level security set to the scope. */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Rows of a raw SELECT as plain objects; for what drizzle's builder cannot say. */
  rows<T>(tx: Tx, query: import("drizzle-orm").SQL): Promise<T[]>;
  close(): Promise<void>;
}
