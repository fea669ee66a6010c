import { type SQL, sql } from "drizzle-orm";
import { DrizzleQueryError } from "drizzle-orm/errors";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { invalid, Problem, precondition } from "../../kernel/index.ts";
import type { Database, Scope, Tx } from "../../ports/index.ts";

type Drizzle = PgDatabase<PgQueryResultHKT, Record<string, never>>;

interface Refusal {
  /** SQLSTATE, or the driver's word for a broken connection. */
  readonly code: string;
  readonly message: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** What Node and the driver say of a connection that cannot be made, or ended under a query. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED))$/;

/** What database or driver said; undefined for an error of other making. */
const refusalOf = (error: unknown): Refusal | undefined => {
  const isQuery = error instanceof DrizzleQueryError;
  const said: unknown = isQuery ? error.cause : error;
  const code = said instanceof Error && "code" in said && typeof said.code === "string" ? said.code : "";
  if (!isQuery && !SQLSTATE.test(code) && !UNREACHABLE.test(code)) return undefined;
  return { code, message: said instanceof Error ? said.message : "no reason given" };
};

/**
 * The error with its code, its message and where it came from. The driver's own error carries the values of the query, and would
 * take password hashes and mail addresses into the log.
 */
const withoutValues = (origin: unknown, { code, message }: Refusal): Error & { readonly code: string } => {
  const error = new Error(`the database refused a query: ${message} (${code})`);
  const calls = origin instanceof Error ? origin.stack?.split("\n").filter((line) => /^\s+at /.test(line)) : undefined;
  error.stack = [`${error.name}: ${error.message}`, ...(calls ?? [])].join("\n");
  return Object.assign(error, { code });
};

const isLossCode = (code: string): boolean => UNREACHABLE.test(code) || code.startsWith("08") || code.startsWith("57P");

/** Whether an error only says that the database went away: whoever can does the same again when it is back. */
export const isDatabaseLoss = (error: unknown): boolean =>
  error instanceof Problem &&
  error.cause instanceof Error &&
  "code" in error.cause &&
  typeof error.cause.code === "string" &&
  error.cause.code !== "CONNECTION_ENDED" &&
  isLossCode(error.cause.code);

const diskFull = (cause: Error): Problem =>
  new Problem(
    "transient",
    "INTERNAL",
    "the disk of the database is full: nothing was changed. Free space on it, then do this again.",
    { cause },
  );

/** What the database refused, in the product's words. SQLSTATE classes: PostgreSQL documentation, appendix A. */
export const problemOf = (thrown: unknown): unknown => {
  if (thrown instanceof Problem) return thrown;
  const known = refusalOf(thrown);
  if (!known) return thrown;
  const { code, message } = known;
  const error = withoutValues(thrown, known);
  if (code === "40001" || code === "40P01" || code === "55P03" || code === "53300" || isLossCode(code))
    return new Problem("transient", "INTERNAL", "the database is busy or not reachable; try again", { cause: error });
  if (code === "53100") return diskFull(error);
  if (code === "23505")
    return new Problem("exists", "ALREADY_EXISTS", `this is there already (${message})`, { cause: error });
  if (code === "23001" || code === "23514")
    return new Problem("precondition", "FAILED_PRECONDITION", message, { cause: error });
  if (code === "23503") return precondition(`something that this refers to does not exist (${message})`);
  if (code === "22003")
    return invalid("amount", "the number is too large to be stored (38 digits, 12 of them decimals)");
  if (code === "22021" || code === "22P05")
    return new Problem("invalid", "INVALID_ARGUMENT", "a text holds a character that cannot be stored, such as NUL", {
      cause: error,
    });
  if (code === "42501") return new Problem("missing", "NOT_FOUND", "this does not exist", { cause: error });
  return error;
};

const settingOf = (scope: Scope): string => (scope === "operator" ? "*" : scope.tenantId);

/** The database port over a drizzle instance: each transaction runs as the application role, in its scope. */
export const scopedDatabase = (drizzle: Drizzle, close: () => Promise<void>): Database => ({
  transaction: async (scope, work) => {
    try {
      return await drizzle.transaction(async (tx) => {
        await tx.execute(
          sql`select set_config('role', 'commops_app', true), set_config('app.tenant', ${settingOf(scope)}, true)`,
        );
        return work(tx);
      });
    } catch (error) {
      throw problemOf(error);
    }
  },
  rows: async <T>(tx: Tx, query: SQL): Promise<T[]> => {
    // One driver answers the rows themselves, the other an object that holds them.
    const answer = (await tx.execute(query)) as T[] | { readonly rows: T[] };
    return Array.isArray(answer) ? [...answer] : answer.rows;
  },
  close,
});
