import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { invalid } from "../../kernel/index.ts";
import type { Lake, LakeQuery, LakeRow } from "../../ports/index.ts";
import { literal, openEngine, queryProblem } from "./engine-parts.ts";
import { rawReader, type ReaderLimits } from "./reader-process.ts";

const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const filesOf = (paths: readonly string[]): string => `[${paths.map(literal).join(", ")}]`;

const bindTables = async (connection: DuckDBConnection, tables: LakeQuery["tables"]): Promise<void> => {
  for (const [name, paths] of Object.entries(tables)) {
    if (paths.length === 0) throw invalid(name, "no columnar file to query: import a delivery first");
    await connection.run(
      `create or replace temp view ${identifier(name)} as select * from read_parquet(${filesOf(paths)}, hive_partitioning = false)`,
    );
  }
};

/** What a dead process left behind when it spilled goes. */
const emptyFolder = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
};

/**
 * The embedded analytical engine. Queries over the columnar copies that we wrote run in this process and in memory; raw files, which come from
 * outside, are read in a process of their own. What does not fit spills into `scratchFolder`, which nothing else may use.
 */
export const openLake = async (scratchFolder: string, limits?: ReaderLimits): Promise<Lake> => {
  await emptyFolder(scratchFolder);
  const instance = await openEngine(join(scratchFolder, "queries"));
  const reader = rawReader(join(scratchFolder, "conversions"), limits);

  async function* stream<T extends LakeRow>(text: string, options: LakeQuery): AsyncGenerator<T[]> {
    const connection = await instance.connect();
    try {
      await bindTables(connection, options.tables);
      const result = await connection.stream(text, [...(options.parameters ?? [])]);
      for await (const rows of result.yieldRowObjectJson()) yield rows as T[];
    } catch (error) {
      throw queryProblem(error);
    } finally {
      connection.closeSync();
    }
  }

  return {
    stream,
    query: async <T extends LakeRow>(text: string, options: LakeQuery): Promise<T[]> => {
      const rows: T[] = [];
      for await (const batch of stream<T>(text, options)) for (const row of batch) rows.push(row);
      return rows;
    },
    describe: (path, name) => reader.describe(path, name ?? path),
    convert: reader.convert,
    close: async () => {
      await reader.close();
      instance.closeSync();
    },
  };
};
