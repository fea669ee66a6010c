import { mkdir } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Problem } from "../../kernel/problem.ts";

/** Lean rather than fast, so that a small machine can run everything: a conversion takes about 120 MB, whatever its length. */
const ENGINE = {
  threads: "1",
  memory_limit: "160MB",
  // What the engine has let go of goes back to the system at once, not when it is 128 MB.
  allocator_flush_threshold: "8MB",
  allocator_bulk_deallocation_flush_threshold: "8MB",
  preserve_insertion_order: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  // A page of lines: find where they stand first, then read their other columns there alone.
  late_materialization_max_rows: "5000",
};

/** An instant with a time zone is shown in UTC, wherever the machine stands. */
const IN_UTC = "set global TimeZone = 'UTC'";

/** A columnar file never changes under its name, so that its footer is read once. */
const KEEP_FOOTERS = "set global parquet_metadata_cache = true";

/** Functions of the query texts that this engine calls by other names; paths are written `$["key"]`. */
const DIALECT = [
  "create or replace macro element_at(m, k) as m[k]",
  `create or replace macro json_extract_scalar(j, p) as json_extract_string(j, replace(replace(p, '["', '."'), '"]', '"'))`,
  "create or replace macro to_utf8(t) as t",
  "create or replace macro xxhash64(t) as hash(t)",
  "create or replace macro from_iso8601_timestamp(t) as try_cast(t as timestamp)",
];

/** A text in a statement. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An engine in memory that spills into a folder of its own. */
export const openEngine = async (folder: string): Promise<DuckDBInstance> => {
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { ...ENGINE, temp_directory: folder });
  const connection = await instance.connect();
  for (const statement of [IN_UTC, KEEP_FOOTERS, ...DIALECT]) await connection.run(statement);
  connection.closeSync();
  return instance;
};

export const withConnection = async <T>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> => {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
};

/** What a query was refused for: no memory just now, sums beyond any bill, or a fault of ours that stays as it is. */
export const queryProblem = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  if (error.message.startsWith("Out of Memory Error"))
    return new Problem(
      "transient",
      "INTERNAL",
      "the analytical engine is out of memory while other work runs; try again",
      { cause: error },
    );
  if (error.message.startsWith("Out of Range Error"))
    return new Problem(
      "invalid",
      "UNREADABLE_FILE",
      "the amounts of the lines add up to more than 26 digits before the point: they are no cost of AWS. Fetch the files again.",
      { cause: error },
    );
  return error;
};
