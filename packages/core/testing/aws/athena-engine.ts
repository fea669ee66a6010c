import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBType, type Json } from "@duckdb/node-api";
import { athenaFaults } from "../trino.ts";

/** Objects by their `s3://` address. */
export interface StoredObjects {
  read(location: string): Promise<Uint8Array>;
  write(location: string, content: Uint8Array): Promise<void>;
  /** Addresses below a folder, in text order. */
  list(folder: string): Promise<string[]>;
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Undefined is NULL. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Answers of SELECT begin with the names of their columns. */
  readonly hasHeader: boolean;
}

interface Table {
  readonly kind: "csv" | "parquet";
  readonly folder: string;
  /** Types of its columns by name, lower case; none for a table that was there before. */
  readonly columns: readonly string[];
}

const NOTHING: Answer = { columns: [], rows: [], hasHeader: false };
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const ident = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const EXTERNAL =
  /^create external table `(\w+)` \(([\s\S]+?)\n\)\n(stored as parquet|row format serde 'org\.apache\.hadoop\.hive\.serde2\.OpenCSVSerde'\nwith serdeproperties \('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '"'\)\nstored as textfile)\nlocation '([^']+\/)'(\ntblproperties \('skip\.header\.line\.count' = '1'\))?$/;
const MADE =
  /^create table "(\w+)" with \(format = 'PARQUET', write_compression = 'ZSTD', external_location = '([^']+\/)', bucketed_by = array\['(\w+)'\], bucket_count = 1\) as\n([\s\S]+)$/;

/** Functions that DuckDB calls by other names. */
const MACROS = [
  "create or replace temp macro element_at(m, k) as m[k]",
  `create or replace temp macro json_extract_scalar(j, p) as json_extract_string(j, replace(replace(p, '["', '."'), '"]', '"'))`,
  "create or replace temp macro to_utf8(t) as t",
  "create or replace temp macro xxhash64(t) as hash(t)",
  "create or replace temp macro from_iso8601_timestamp(t) as cast(t as timestamp)",
];

const typeName = (type: DuckDBType): string => {
  const text = type.toString().toLowerCase();
  if (text.startsWith("decimal")) return "decimal";
  return text === "hugeint" || text === "bigint" ? "bigint" : text;
};

const textOf = (value: Json, type: string): string | undefined => {
  if (value === null) return undefined;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (type !== "timestamp") return text;
  return /\.\d+$/.test(text) ? text.replace(/(\.\d{3})\d*$/, "$1") : `${text}.000`;
};

/** Takes "$path" out of `*`, where Athena hides it, and lets a condition see it. */
const withPaths = (text: string): string =>
  text.replaceAll(
    /select \* from "(\w+)" where ([^)]+\)) and "\$path" in/g,
    'select * exclude ("$path") from "$1$$all" where $2 and "$path" in',
  );

const checkGrammar = (text: string): void => {
  const [fault] = athenaFaults(text);
  if (fault !== undefined) throw new Error(`SYNTAX_ERROR: ${fault}`);
};

/** External tables, tables made of a SELECT, and SELECT, done by DuckDB on the same objects. */
class StatementEngine {
  readonly #objects: StoredObjects;
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #tables = new Map<string, Table>();

  constructor(objects: StoredObjects, folder: string, instance: DuckDBInstance) {
    this.#objects = objects;
    this.#folder = folder;
    this.#instance = instance;
  }

  addTable(name: string, folder: string): void {
    this.#tables.set(name, { kind: "parquet", folder, columns: [] });
  }

  tableNames(): string[] {
    return [...this.#tables.keys()].toSorted();
  }

  async close(): Promise<void> {
    this.#instance.closeSync();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #rowsOfObject(table: Table, location: string): Promise<string> {
    const copy = join(this.#folder, `${randomUUID()}${/(\.csv\.gz|\.csv)?$/.exec(location)?.[0] ?? ""}`);
    await writeFile(copy, await this.#objects.read(location));
    if (table.kind === "parquet") return `select *, ${quote(location)} as "$path" from read_parquet(${quote(copy)})`;
    const columns = table.columns.map((column) => `${quote(column)}: 'VARCHAR'`).join(", ");
    return (
      `select *, ${quote(location)} as "$path" from read_csv(${quote(copy)}, auto_detect = false, header = true, delim = ',', ` +
      `quote = '"', escape = '"', columns = {${columns}}, null_padding = true, nullstr = ['\u0001'])`
    );
  }

  /** The tables that a text names, as views. */
  async #bind(connection: DuckDBConnection, text: string): Promise<void> {
    for (const [name, table] of this.#tables) {
      if (!text.includes(ident(name))) continue;
      const locations = await this.#objects.list(table.folder);
      const parts = await Promise.all(locations.map((location) => this.#rowsOfObject(table, location)));
      if (parts.length === 0) throw new Error(`HIVE_EMPTY: no object below ${table.folder}`);
      const all = ident(`${name}$all`);
      await connection.run(`create temp view ${all} as ${parts.join(" union all by name ")}`);
      await connection.run(`create temp view ${ident(name)} as select * exclude ("$path") from ${all}`);
    }
  }

  async #connected<T>(text: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    checkGrammar(text);
    const connection = await this.#instance.connect();
    try {
      for (const macro of MACROS) await connection.run(macro);
      await this.#bind(connection, text);
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }

  #select(text: string, parameters: readonly string[]): Promise<Answer> {
    return this.#connected(text, async (connection) => {
      await connection.run(`prepare asked as ${withPaths(text)}`);
      const given = parameters.length === 0 ? "" : `(${parameters.join(", ")})`;
      const result = await connection.run(`execute asked${given}`);
      const columns = result.columnNames().map((name, index) => ({ name, type: typeName(result.columnType(index)) }));
      const rows = await result.getRowsJson();
      const texts = rows.map((row) => row.map((value, index) => textOf(value, columns[index]?.type ?? "")));
      return { columns, rows: texts, hasHeader: true };
    });
  }

  #make(name: string, folder: string, text: string): Promise<Answer> {
    return this.#connected(text, async (connection) => {
      if (this.#tables.has(name)) throw new Error(`TABLE_ALREADY_EXISTS: ${name}`);
      if ((await this.#objects.list(folder)).length > 0) throw new Error(`HIVE_PATH_ALREADY_EXISTS: ${folder}`);
      const path = join(this.#folder, randomUUID());
      const result = await connection.run(
        `copy (${withPaths(text)}) to ${quote(path)} (format parquet, compression zstd)`,
      );
      const [count] = await result.getRowsJson();
      this.addTable(name, folder);
      if (Number(count?.[0]) > 0)
        await this.#objects.write(`${folder}20260601_000000_00000_bucket-00000`, await readFile(path));
      return NOTHING;
    });
  }

  #external(text: string): Answer | undefined {
    const [, name, described = "", stored = "", folder = "", skips] = EXTERNAL.exec(text) ?? [];
    if (name === undefined) return undefined;
    const kind = stored === "stored as parquet" ? "parquet" : "csv";
    if (kind === "csv" && skips === undefined) throw new Error("the header would be read as a row");
    const columns = [...described.matchAll(/^ {2}`([^`]+)` /gm)].map(([, column = ""]) => column);
    this.#tables.set(name, { kind, folder, columns });
    return NOTHING;
  }

  #dropOrShow(text: string): Answer | undefined {
    const dropped = /^drop table if exists `(\w+)`$/.exec(text)?.[1];
    if (dropped !== undefined) {
      this.#tables.delete(dropped);
      return NOTHING;
    }
    const start = /^show tables '(\w+)\*'$/.exec(text)?.[1];
    if (start === undefined) return undefined;
    const rows = this.tableNames().flatMap((name) => (name.startsWith(start) ? [[name]] : []));
    return { columns: [{ name: "tab_name", type: "string" }], rows, hasHeader: false };
  }

  /** Runs one statement. Throws an Error with the words that Athena gives as the reason of a failed query. */
  async run(text: string, parameters: readonly string[]): Promise<Answer> {
    const done = this.#external(text) ?? this.#dropOrShow(text);
    if (done !== undefined) return done;
    const [, made, folder = "", , from = ""] = MADE.exec(text) ?? [];
    if (made !== undefined) return this.#make(made, folder, from);
    if (/^(select|with)\b/i.test(text.trimStart())) return this.#select(text, parameters);
    throw new Error(`SYNTAX_ERROR: no statement that is known here: ${text.slice(0, 80)}`);
  }
}
export type { StatementEngine };

/** What Athena does with statements, on the given objects; `standing` are tables that are there, with their folders. */
export const openStatementEngine = async (
  objects: StoredObjects,
  standing: Readonly<Record<string, string>>,
): Promise<StatementEngine> => {
  const folder = await mkdtemp(join(tmpdir(), "athena-double-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "256MB" });
  const engine = new StatementEngine(objects, folder, instance);
  for (const [name, at] of Object.entries(standing)) engine.addTable(name, at);
  return engine;
};
