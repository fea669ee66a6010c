import { rename } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { sql } from "drizzle-orm";
import { openEmbedded } from "../src/adapters/embedded/database.ts";

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
