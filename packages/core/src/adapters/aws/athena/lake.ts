import { randomUUID } from "node:crypto";
import { invalid, Problem } from "../../../kernel/index.ts";
import type { Lake, LakeQuery, LakeRow, RawSource } from "../../../ports/index.ts";
import { parquetColumnsOf } from "./parquet-columns.ts";
import { answersOf, type Athena, execute } from "./run.ts";
import {
  csvTable,
  dropTable,
  isLeftOver,
  literalOf,
  name,
  numberedRows,
  objectsOf,
  oneFileTable,
  parquetTable,
  type Relations,
  SCRATCH_TABLES,
  scratchName,
  withRelations,
} from "./statement.ts";
import type { Storage } from "./storage.ts";

export interface AthenaLakeSettings {
  readonly athena: Athena;
  readonly storage: Storage;
  /** The tables over columnar files, partitioned by `billing_period`, and the folder that each stands on (`s3://.../`). */
  readonly tables: readonly { readonly name: string; readonly folder: string }[];
  /** For files in the making (`s3://.../`); a lifecycle rule empties it after some days. */
  readonly scratchFolder: string;
  /** A column that every converted row has: Athena writes one file a bucket. */
  readonly bucketBy: string;
}

const extensionOf = (source: RawSource): string =>
  source.kind === "parquet" ? ".parquet" : source.isCompressed ? ".csv.gz" : ".csv";

/** The `billing_period` partitions that objects stand in. Throws a Problem for an object that is none of the table's. */
const partitionsOf = (locations: readonly string[], folder: string): string[] => {
  const periods = locations.map((location) => {
    const period = location.startsWith(folder)
      ? /^billing_period=([^/]+)\//.exec(location.slice(folder.length))?.[1]
      : undefined;
    if (period === undefined) throw new Problem("internal", "INTERNAL", `${location} stands in no table of the lake`);
    return period;
  });
  return [...new Set(periods)].toSorted();
};

/** What one conversion makes: tables and a folder of its own. */
const workplaceOf = ({ athena, scratchFolder }: AthenaLakeSettings) => {
  const table = scratchName(athena.now(), randomUUID());
  return { table, raw: `${table}_raw`, folder: `${scratchFolder}${table}/` };
};
type Workplace = ReturnType<typeof workplaceOf>;

/** Puts a raw file into a folder of its own with a table over it. */
const openRaw = async (settings: AthenaLakeSettings, source: RawSource, place: Workplace): Promise<void> => {
  const { storage, athena } = settings;
  const folder = `${place.folder}raw/`;
  const location = `${folder}file${extensionOf(source)}`;
  if (source.path.startsWith("s3://")) await storage.copy(source.path, location);
  else await storage.upload(source.path, location);
  const ddl =
    source.kind === "csv"
      ? csvTable(place.raw, source.width, folder)
      : parquetTable(place.raw, await parquetColumnsOf(await storage.pieces(location), source.path), folder);
  await execute(athena, ddl);
};

const countOf = async (athena: Athena, table: string): Promise<number> => {
  const id = await execute(athena, `select count(*) as lines from ${name(table)}`);
  for await (const [row] of answersOf(athena, id)) return Number(row?.["lines"]);
  return 0;
};

/** Drops the tables that a process left when it died; their objects expire by themselves. */
const sweep = async (athena: Athena): Promise<void> => {
  const id = await execute(athena, SCRATCH_TABLES);
  for await (const rows of answersOf(athena, id, false))
    for (const table of rows.flatMap((row) => Object.values(row).map(String)))
      if (isLeftOver(table, athena.now())) await execute(athena, dropTable(table));
};

/**
 * The analytical engine in AWS: query texts run in Athena as they are written, over objects of the lake that the table's partitions
 * hold; a conversion is a table made of a SELECT over the raw file, whose one object is fetched to `target`.
 */
export const openAthenaLake = (settings: AthenaLakeSettings): Lake => {
  const { athena, storage } = settings;
  /** Files that conversions of this process made, with the table that holds the same rows. */
  const made = new Map<string, string>();
  let swept: Promise<void> | undefined;

  const relationOf = (called: string, locations: readonly string[]): string => {
    if (locations.length === 0) throw invalid(called, "no columnar file to query: import a delivery first");
    const tables = locations.flatMap((location) => made.get(location) ?? []);
    if (tables.length === locations.length)
      return tables.map((own) => `select * from ${name(own)}`).join(" union all ");
    const table = settings.tables.find(({ folder }) => locations.every((location) => location.startsWith(folder)));
    if (!table)
      throw new Problem(
        "internal",
        "INTERNAL",
        `${locations[0] ?? called} stands in no table of the lake, or others do`,
      );
    return objectsOf(name(table.name), locations, partitionsOf(locations, table.folder));
  };

  async function* stream<T extends LakeRow>(text: string, { tables, parameters = [] }: LakeQuery): AsyncGenerator<T[]> {
    const relations: Relations = Object.fromEntries(
      Object.entries(tables).map(([called, locations]) => [called, relationOf(called, locations)]),
    );
    const id = await execute(athena, withRelations(text, relations), parameters.map(literalOf));
    for await (const rows of answersOf(athena, id)) yield rows as T[];
  }

  const convert: Lake["convert"] = async ({ select, source, target, name: called = source.path }) => {
    await (swept ??= sweep(athena));
    const place = workplaceOf(settings);
    const before = made.get(source.path);
    try {
      if (before === undefined) await openRaw(settings, source, place);
      const relations = { source: numberedRows(name(before ?? place.raw)) };
      const out = `${place.folder}rows/`;
      await execute(athena, oneFileTable(place.table, withRelations(select, relations), out, settings.bucketBy));
      const [object, ...others] = await storage.list(out);
      if (object === undefined) throw invalid(called, "no rows: there is nothing to import");
      if (others.length > 0) throw new Problem("internal", "INTERNAL", `a conversion made ${others.length + 1} files`);
      await storage.download(object, target);
      made.set(target, place.table);
      return { rows: await countOf(athena, place.table) };
    } finally {
      if (before === undefined) await execute(athena, dropTable(place.raw));
      await storage.removeFolder(`${place.folder}raw/`);
    }
  };

  return {
    stream,
    query: async <T extends LakeRow>(text: string, options: LakeQuery): Promise<T[]> => {
      const rows: T[] = [];
      for await (const batch of stream<T>(text, options)) rows.push(...batch);
      return rows;
    },
    describe: async (location, called) => parquetColumnsOf(await storage.pieces(location), called ?? location),
    convert,
    close: async () => {
      for (const own of made.values()) await execute(athena, dropTable(own));
      made.clear();
    },
  };
};
