import { mkdir } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { invalid, Problem } from "../../kernel/index.ts";
import type { Lake, LakeQuery, LakeRow, RawSource } from "../../ports/index.ts";

/** Lean rather than fast: a million lines convert in about 340 MB, so that a small machine can run everything in one process. */
const ENGINE = {
  threads: "1",
  memory_limit: "256MB",
  preserve_insertion_order: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
};
/** The longest CSV record accepted; resource tags and descriptions stay far below. */
const MAX_RECORD_BYTES = 2 << 20;
const CSV_BUFFER_BYTES = 4 << 20;
const ROW_GROUP_ROWS = 40_960;

/** Functions of the query texts that this engine calls by other names; paths are written `$["key"]`. */
const DIALECT = [
  "create or replace macro element_at(m, k) as m[k]",
  `create or replace macro json_extract_scalar(j, p) as json_extract_string(j, replace(replace(p, '["', '."'), '"]', '"'))`,
];

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const filesOf = (paths: readonly string[]): string => `[${paths.map(literal).join(", ")}]`;

/** The raw file as `source`. Types are given, never sniffed: account ids stay text, blanks stay blanks. */
const sourceView = (source: RawSource): string => {
  if (source.kind === "parquet")
    return `select * exclude (file_row_number), file_row_number + 1 as engine_row from read_parquet(${literal(source.path)}, file_row_number = true, hive_partitioning = false)`;
  const columns = Array.from({ length: source.width }, (_, index) => `'c${index + 1}': 'VARCHAR'`).join(", ");
  return (
    `select *, row_number() over () + 1 as engine_row from read_csv(${literal(source.path)}, auto_detect = false, header = true, delim = ',', ` +
    `quote = '"', escape = '"', columns = {${columns}}, null_padding = true, nullstr = ['\u0001'], strict_mode = true, ` +
    `parallel = false, compression = ${literal(source.isCompressed ? "gzip" : "none")}, max_line_size = ${MAX_RECORD_BYTES}, buffer_size = ${CSV_BUFFER_BYTES})`
  );
};

/** What the engine says about a file it cannot read, with the row where it says so. */
const unreadable = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error)) return error;
  const row = /CSV Error on Line: (\d+)/.exec(error.message)?.[1];
  const isFileFault =
    row !== undefined || /Invalid Input Error|not a parquet file|No magic bytes|TProtocol/i.test(error.message);
  if (!isFileFault) return error;
  const reason = error.message
    .split("\n")
    .find((line) => /Expected Number|unterminated|unicode|magic|too (long|large)|Maximum line/i.test(line));
  const where = row === undefined ? "" : `, row ${row}`;
  return new Problem(
    "invalid",
    "UNREADABLE_FILE",
    `${path}${where}: ${reason ?? error.message.split("\n")[0] ?? "cannot be read"}`,
    {
      cause: error,
      details: [{ field: row === undefined ? path : `${path}:${row}`, reason: reason ?? "cannot be read" }],
    },
  );
};

/** The embedded analytical engine, in this process and in memory; what does not fit spills into `scratchFolder`. */
export const openLake = async (scratchFolder: string): Promise<Lake> => {
  await mkdir(scratchFolder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { ...ENGINE, temp_directory: scratchFolder });
  const setup = await instance.connect();
  for (const statement of DIALECT) await setup.run(statement);
  setup.closeSync();

  const withConnection = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  };
  const bindTables = async (connection: DuckDBConnection, tables: LakeQuery["tables"]): Promise<void> => {
    for (const [name, paths] of Object.entries(tables)) {
      if (paths.length === 0) throw invalid(name, "no columnar file to query: import a delivery first");
      await connection.run(
        `create or replace temp view ${identifier(name)} as select * from read_parquet(${filesOf(paths)}, hive_partitioning = false)`,
      );
    }
  };
  async function* stream<T extends LakeRow>(text: string, options: LakeQuery): AsyncGenerator<T[]> {
    const connection = await instance.connect();
    try {
      await bindTables(connection, options.tables);
      const result = await connection.stream(text, [...(options.parameters ?? [])]);
      for await (const rows of result.yieldRowObjectJson()) yield rows as T[];
    } finally {
      connection.closeSync();
    }
  }

  return {
    stream,
    query: async <T extends LakeRow>(text: string, options: LakeQuery): Promise<T[]> => {
      const rows: T[] = [];
      for await (const batch of stream<T>(text, options)) rows.push(...batch);
      return rows;
    },
    describe: (path, name) =>
      withConnection(async (connection) => {
        try {
          const result = await connection.run(
            `describe select * from read_parquet(${literal(path)}, hive_partitioning = false)`,
          );
          const rows = await result.getRowObjectsJson();
          return rows.map((row) => ({
            name: String(row["column_name"]),
            type: String(row["column_type"]).toUpperCase(),
          }));
        } catch (error) {
          throw unreadable(error, name ?? path);
        }
      }),
    convert: ({ select, source, name, target }) =>
      withConnection(async (connection) => {
        try {
          await connection.run(`create or replace temp view source as ${sourceView(source)}`);
          const result = await connection.run(
            `copy (${select}) to ${literal(target)} (format parquet, compression zstd, row_group_size ${ROW_GROUP_ROWS})`,
          );
          const [first] = await result.getRowsJson();
          return { rows: Number(first?.[0] ?? 0) };
        } catch (error) {
          throw unreadable(error, name ?? source.path);
        }
      }),
    close: async () => {
      instance.closeSync();
      await Promise.resolve();
    },
  };
};
