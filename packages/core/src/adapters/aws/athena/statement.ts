import { invalid } from "../../../kernel/index.ts";
import type { LakeValue } from "../../../ports/index.ts";

/** A text in a statement. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A name in a query (Trino). */
export const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
/** A name in a DDL statement (Hive). */
const hiveName = (text: string): string => `\`${text.replaceAll("`", "``")}\``;

/** A parameter as Athena takes it: the literal that stands for one `?`. Throws an invalid Problem on a number that is none. */
export const literalOf = (value: LakeValue): string => {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw invalid("parameter", `${value} is not a number`);
  return String(value);
};

/** What a name in a query text stands for: a SELECT. */
export type Relations = Readonly<Record<string, string>>;

/** The text with its tables named in front, so that it stays as it was written. */
export const withRelations = (text: string, relations: Relations): string => {
  const named = Object.entries(relations).map(([table, select]) => `${name(table)} as (${select})`);
  return named.length === 0 ? text : `with ${named.join(",\n")}\n${text.trimStart()}`;
};

/** Rows of a table that stand in the given objects, found by their partition. */
export const objectsOf = (table: string, locations: readonly string[], partitions: readonly string[]): string =>
  `select * from ${table} where billing_period in (${partitions.map(quote).join(", ")}) and "$path" in (${locations.map(quote).join(", ")})`;

/** A raw file with the number of each row. Athena knows no positions: rows are numbered as they are read, the header counting as row 1. */
export const numberedRows = (table: string): string => `select *, row_number() over () + 1 as engine_row from ${table}`;

const HIVE_TYPES: Readonly<Record<string, string>> = {
  VARCHAR: "string",
  BIGINT: "bigint",
  INTEGER: "int",
  SMALLINT: "smallint",
  TINYINT: "tinyint",
  DOUBLE: "double",
  FLOAT: "float",
  BOOLEAN: "boolean",
  DATE: "date",
  TIMESTAMP: "timestamp",
  BLOB: "binary",
  "MAP(VARCHAR, VARCHAR)": "map<string,string>",
  "MAP(VARCHAR, DOUBLE)": "map<string,double>",
};

/** The type of a column in DDL. Throws an invalid Problem that names the column where there is none for it. */
const hiveType = ({ name: column, type }: Column): string => {
  const known = HIVE_TYPES[type] ?? (/^DECIMAL\(\d+,\s*\d+\)$/.test(type) ? type.toLowerCase() : undefined);
  if (known === undefined) throw invalid(column, `is of the type ${type}, which no table in Athena takes`);
  return known;
};

export interface Column {
  readonly name: string;
  /** As `Lake.describe` says it. */
  readonly type: string;
}

export const parquetTable = (table: string, columns: readonly Column[], folder: string): string =>
  `create external table ${hiveName(table)} (\n  ${columns.map((column) => `${hiveName(column.name.toLowerCase())} ${hiveType(column)}`).join(",\n  ")}\n)
stored as parquet
location ${quote(folder)}`;

/** A CSV file as a table of text columns c1, c2, ...; quotes are doubled within a field, and nothing else is an escape. */
export const csvTable = (table: string, width: number, folder: string): string =>
  `create external table ${hiveName(table)} (\n  ${Array.from({ length: width }, (_, index) => `${hiveName(`c${index + 1}`)} string`).join(",\n  ")}\n)
row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
with serdeproperties ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '"')
stored as textfile
location ${quote(folder)}
tblproperties ('skip.header.line.count' = '1')`;

/** Writes the rows of a SELECT as one Parquet file: one bucket of one column, which every row has. */
export const oneFileTable = (table: string, select: string, folder: string, bucketBy: string): string =>
  `create table ${name(table)} with (format = 'PARQUET', write_compression = 'ZSTD', external_location = ${quote(folder)}, bucketed_by = array[${quote(bucketBy)}], bucket_count = 1) as\n${select}`;

export const dropTable = (table: string): string => `drop table if exists ${hiveName(table)}`;

/** Tables in the making, named with their day so that what a dead process left can be told. */
export const scratchName = (now: number, id: string): string =>
  `scratch_${new Date(now).toISOString().slice(0, 10).replaceAll("-", "")}_${id.replaceAll("-", "")}`;
export const SCRATCH_TABLES = "show tables 'scratch_*'";
const DAY_MS = 86_400_000;

/** Made on a day before yesterday: nobody works on it any more. */
export const isLeftOver = (table: string, now: number): boolean =>
  /^scratch_\d{8}_/.test(table) && table < scratchName(now - DAY_MS, "");
