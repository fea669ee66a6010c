import { rename } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { sql } from "drizzle-orm";
import { openEmbedded } from "../src/adapters/embedded/database.ts";
import type { Database } from "../src/ports/index.ts";

/** Runs statements as the owner of a stopped data folder's database, past every guard: what somebody with the machine could do. */
export const asOwner = async (databaseFolder: string, statements: readonly string[]): Promise<void> => {
  const database = await openEmbedded({ folder: databaseFolder });
  try {
    await database.transaction("operator", async (tx) => {
      await tx.execute(sql`reset role`);
      for (const statement of statements) await tx.execute(sql.raw(statement));
    });
  } finally {
    await database.close();
  }
};

/** Changes values of a Parquet file: `replace` is a list as in `select * replace (...)`, over columns and `file_row_number`. */
export const rewriteParquet = async (path: string, replace: string): Promise<void> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  try {
    const rows = `select * replace (${replace}) from read_parquet(${literal(path)}, file_row_number = true)`;
    await connection.run(
      `copy (select * exclude (file_row_number) from (${rows})) to ${literal(`${path}.new`)} (format parquet, compression zstd)`,
    );
    await rename(`${path}.new`, path);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/**
 * Runs statements with the guards of some tables off, as somebody with the database's password could, and then work on what they left
 * behind; all of it is undone afterwards. Answers what the work does.
 */
export const tampered = async <W extends { readonly database: Database }, T>(
  world: W,
  tampering: { readonly tables: readonly string[]; readonly statements: readonly string[] },
  work: (inside: W) => Promise<T>,
): Promise<T> => {
  const undone = new Error("undone");
  let answer: { readonly is: T } | undefined;
  await world.database
    .transaction("operator", async (tx) => {
      await tx.execute(sql`reset role`);
      for (const table of tampering.tables) await tx.execute(sql.raw(`alter table ${table} disable trigger user`));
      for (const statement of tampering.statements) await tx.execute(sql.raw(statement));
      const transaction: Database["transaction"] = (_scope, inner) => inner(tx);
      answer = { is: await work({ ...world, database: { ...world.database, transaction } }) };
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  if (!answer) throw new Error("nothing was done in the tampered database");
  return answer.is;
};
