import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { invalid, Problem } from "../../kernel/index.ts";
import type { Lake, LakeQuery, LakeRow, RawSource } from "../../ports/index.ts";

/** Lean rather than fast, so that a small machine can run everything in one process: a conversion takes about 120 MB, whatever its length. */
const ENGINE = {
  threads: "1",
  memory_limit: "160MB",
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
const sourceView = (source: RawSource, isParallel: boolean): string => {
  if (source.kind === "parquet")
    return `select * exclude (file_row_number), file_row_number + 1 as engine_row from read_parquet(${literal(source.path)}, file_row_number = true, hive_partitioning = false)`;
  const columns = Array.from({ length: source.width }, (_, index) => `'c${index + 1}': 'VARCHAR'`).join(", ");
  return (
    `select *, row_number() over () + 1 as engine_row from read_csv(${literal(source.path)}, auto_detect = false, header = true, delim = ',', ` +
    `quote = '"', escape = '"', columns = {${columns}}, null_padding = true, nullstr = ['\u0001'], strict_mode = true, ` +
    `parallel = ${isParallel}, compression = ${literal(source.isCompressed ? "gzip" : "none")}, max_line_size = ${MAX_RECORD_BYTES}, buffer_size = ${CSV_BUFFER_BYTES})`
  );
};

/** What the engine refused, in the product's words: a file that cannot be read, with the row where it says so, or no memory just now. */
const problemOf = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  if (error.message.startsWith("Out of Memory Error"))
    return new Problem(
      "transient",
      "INTERNAL",
      "the analytical engine is out of memory while other work runs; try again",
      { cause: error },
    );
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

const bindTables = async (connection: DuckDBConnection, tables: LakeQuery["tables"]): Promise<void> => {
  for (const [name, paths] of Object.entries(tables)) {
    if (paths.length === 0) throw invalid(name, "no columnar file to query: import a delivery first");
    await connection.run(
      `create or replace temp view ${identifier(name)} as select * from read_parquet(${filesOf(paths)}, hive_partitioning = false)`,
    );
  }
};

const writeParquet = async (
  connection: DuckDBConnection,
  request: Parameters<Lake["convert"]>[0],
  isParallel: boolean,
): Promise<number> => {
  await connection.run(`create or replace temp view source as ${sourceView(request.source, isParallel)}`);
  const result = await connection.run(
    `copy (${request.select}) to ${literal(request.target)} (format parquet, compression zstd, row_group_size ${ROW_GROUP_ROWS})`,
  );
  const [first] = await result.getRowsJson();
  return Number(first?.[0] ?? 0);
};

/** The engine's "parallel" reader lets go of what it has read, with one thread too; the other one keeps the whole file in memory. */
const convert = async (connection: DuckDBConnection, request: Parameters<Lake["convert"]>[0]): Promise<number> => {
  try {
    return await writeParquet(connection, request, true);
  } catch (error) {
    const isReaderLimit = error instanceof Error && /parallel scanner does not support/i.test(error.message);
    if (!isReaderLimit) throw error;
    return writeParquet(connection, request, false);
  }
};

const describe = async (connection: DuckDBConnection, path: string): Promise<{ name: string; type: string }[]> => {
  const result = await connection.run(
    `describe select * from read_parquet(${literal(path)}, hive_partitioning = false)`,
  );
  const { column_name: names = [], column_type: types = [] } = await result.getColumnsObjectJson();
  return names.map((name, index) => ({ name: textOf(name), type: textOf(types[index]).toUpperCase() }));
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What a dead process left behind when it spilled goes. */
const emptyFolder = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
};

/** An engine in memory that spills into a folder of its own. */
const openEngine = async (folder: string): Promise<DuckDBInstance> => {
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { ...ENGINE, temp_directory: folder });
  const connection = await instance.connect();
  for (const statement of DIALECT) await connection.run(statement);
  connection.closeSync();
  return instance;
};

const withConnection = async <T>(
  instance: DuckDBInstance,
  name: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> => {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } catch (error) {
    throw problemOf(error, name);
  } finally {
    connection.closeSync();
  }
};

/** One conversion at a time, in an engine of its own: it takes most of its memory, and queries must go on beside it. */
const converter = (folder: string): Lake["convert"] => {
  let last: Promise<unknown> = Promise.resolve();
  const run: Lake["convert"] = async (request) => {
    const instance = await openEngine(folder);
    try {
      const name = request.name ?? request.source.path;
      return { rows: await withConnection(instance, name, (connection) => convert(connection, request)) };
    } finally {
      instance.closeSync();
    }
  };
  return (request) => {
    const mine = last.then(() => run(request));
    last = mine.catch(() => undefined);
    return mine;
  };
};

/** The embedded analytical engine, in this process and in memory; what does not fit spills into `scratchFolder`, which nothing else may use. */
export const openLake = async (scratchFolder: string): Promise<Lake> => {
  await emptyFolder(scratchFolder);
  const instance = await openEngine(join(scratchFolder, "queries"));

  async function* stream<T extends LakeRow>(text: string, options: LakeQuery): AsyncGenerator<T[]> {
    const connection = await instance.connect();
    try {
      await bindTables(connection, options.tables);
      const result = await connection.stream(text, [...(options.parameters ?? [])]);
      for await (const rows of result.yieldRowObjectJson()) yield rows as T[];
    } catch (error) {
      throw problemOf(error, "the query");
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
    describe: (path, name) => withConnection(instance, name ?? path, (connection) => describe(connection, path)),
    convert: converter(join(scratchFolder, "conversions")),
    close: async () => {
      instance.closeSync();
      await Promise.resolve();
    },
  };
};
