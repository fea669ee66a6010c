import type { DuckDBConnection } from "@duckdb/node-api";
import { Problem } from "../../kernel/problem.ts";
import type { Lake, RawSource } from "../../ports/index.ts";
import { literal, openEngine, withConnection } from "./engine-parts.ts";

/** The longest CSV record accepted; resource tags and descriptions stay far below. */
const MAX_RECORD_BYTES = 2 << 20;
const CSV_BUFFER_BYTES = 4 << 20;
const ROW_GROUP_ROWS = 40_960;

export type Conversion = Parameters<Lake["convert"]>[0];
export interface NamedType {
  readonly name: string;
  readonly type: string;
}

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

const unreadable = (name: string, row: string | undefined, reason: string, cause: unknown): Problem => {
  const where = row === undefined ? "" : `, row ${row}`;
  return new Problem("invalid", "UNREADABLE_FILE", `${name}${where}: ${reason}`, {
    cause,
    details: [{ field: row === undefined ? name : `${name}:${row}`, reason }],
  });
};

/** What the engine says of a file that it cannot read, and what that means to whoever has the file. */
const REASONS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /Expected Number of Columns: (\d+) Found: (\d+)/,
    ([, expected, found]) =>
      `has ${found} fields, where the header has ${expected}: a delimiter or a quote is out of place. Fetch it again.`,
  ],
  [
    /Invalid unicode/i,
    () => "holds bytes that are no UTF-8 (Latin-1, perhaps). Fetch it again, or convert the file to UTF-8.",
  ],
  [/unterminated|unquoted|quote/i, () => "a quote is out of place or never closed. Fetch it again."],
  [/Maximum line|line size/i, () => "is longer than 2 MB: a quote or a line end is missing. Fetch it again."],
  [
    /magic bytes|too small to be a Parquet/i,
    () => "is no whole Parquet file: it is cut off or damaged. Fetch it again.",
  ],
];

/** The engine names files by where they are kept, which is nobody's business. */
const withoutPath = (text: string): string => text.replaceAll(/["'](?:[A-Za-z]:)?[/\\][^"']*["']/g, "it");

const reasonOf = (message: string): string => {
  for (const [pattern, says] of REASONS) {
    const found = pattern.exec(message);
    if (found) return says(found);
  }
  const first = withoutPath(message.split("\n")[0] ?? "");
  return `cannot be read (${first}). Fetch it again; if it stays so, it is damaged or no cost file.`;
};

/** What the engine refused of a raw file, in the product's words, with the row where it says so. A full disk is not the file's fault. */
export const fileProblem = (error: unknown, name: string): unknown => {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  if (/No space left|Failed to write|Could not write/i.test(error.message))
    return new Problem(
      "transient",
      "INTERNAL",
      "there is no room left for the columnar copy; free some, then try again",
      {
        cause: error,
      },
    );
  if (error.message.startsWith("Out of Memory Error"))
    return unreadable(
      name,
      undefined,
      "a part of it takes more memory than reading may use: it is damaged, or no cost file",
      error,
    );
  const row = /CSV Error on Line: (\d+)/.exec(error.message)?.[1];
  return unreadable(name, row, reasonOf(error.message), error);
};

const writeParquet = async (
  connection: DuckDBConnection,
  request: Conversion,
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
const convert = async (connection: DuckDBConnection, request: Conversion): Promise<number> => {
  try {
    return await writeParquet(connection, request, true);
  } catch (error) {
    const isReaderLimit = error instanceof Error && /parallel scanner does not support/i.test(error.message);
    if (!isReaderLimit) throw error;
    return writeParquet(connection, request, false);
  }
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const describe = async (connection: DuckDBConnection, path: string): Promise<NamedType[]> => {
  const result = await connection.run(
    `describe select * from read_parquet(${literal(path)}, hive_partitioning = false)`,
  );
  const { column_name: names = [], column_type: types = [] } = await result.getColumnsObjectJson();
  return names.map((name, index) => ({ name: textOf(name), type: textOf(types[index]).toUpperCase() }));
};

/** Work on a raw file in an engine of its own, which an internal fault of the engine would make useless. */
const withEngine = async <T>(
  folder: string,
  name: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> => {
  const instance = await openEngine(folder);
  try {
    return await withConnection(instance, work);
  } catch (error) {
    throw fileProblem(error, name);
  } finally {
    instance.closeSync();
  }
};

/** Writes the columnar copy of a raw file; how many rows there were. Throws an invalid Problem that names the file, and the row if known. */
export const convertRaw = (folder: string, request: Conversion): Promise<number> =>
  withEngine(folder, request.name ?? request.source.path, (connection) => convert(connection, request));

/** Column names and types of a Parquet file. Throws an invalid Problem, with the name given, when it is none. */
export const describeRaw = (folder: string, path: string, name: string): Promise<NamedType[]> =>
  withEngine(folder, name, (connection) => describe(connection, path));
