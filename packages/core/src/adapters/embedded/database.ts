import { mkdir, rename, rm, writeFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import type { Database } from "../../ports/index.ts";
import { MIGRATIONS } from "../postgres/migrations.ts";
import { scopedDatabase } from "../postgres/scoped.ts";
import { damaged, refuseRemains } from "./damaged.ts";
import { tableUpkeep } from "./upkeep.ts";

export interface EmbeddedDatabase extends Database {
  /** Writes a whole copy of the database (gzip tar) beside it and keeps the newest few: the embedded engine does not fsync. */
  dump(name: string): Promise<string>;
}

const KEPT_DUMPS = 7;

/**
 * Keeps V8 from compiling the database a second time, with its optimising compiler: that takes half a gigabyte and seconds of both
 * cores while the product starts, and what it gives back later was not measurable.
 */
const compileOnce = (): void => {
  for (const flag of ["--no-wasm-tier-up", "--no-wasm-dynamic-tiering"]) setFlagsFromString(flag);
};

/** The file system caches pages as well, and a small machine has better use for the memory. */
const SMALL = ["-c", "shared_buffers=32MB", "-c", "maintenance_work_mem=16MB"];

interface Place {
  readonly folder?: string;
  readonly dumps?: string;
  readonly load?: Blob;
}

const openClient = async ({ folder, dumps, load }: Place): Promise<PGlite> => {
  if (folder !== undefined) await refuseRemains({ folder, dumps });
  try {
    return await PGlite.create({
      startParams: [...PGlite.defaultStartParams, ...SMALL],
      ...(folder === undefined ? {} : { dataDir: folder }),
      ...(load === undefined ? {} : { loadDataDir: load }),
    });
  } catch (error) {
    if (folder === undefined) throw error;
    throw await damaged({ folder, dumps }, error instanceof Error ? error.message : String(error), error);
  }
};

/**
 * Opens the in-process Postgres in a folder (or in memory, from a dump) and brings its schema up to date.
 * One process a folder: take the lock (lock.ts) first. Throws a precondition Problem that says how to go back to the newest copy where
 * the folder is damaged.
 */
export const openEmbedded = async (options: Place): Promise<EmbeddedDatabase> => {
  compileOnce();
  const client = await openClient(options);
  const db = drizzle(client);
  if (options.load === undefined) await migrate(db, { migrationsFolder: MIGRATIONS });
  // Every write needs the language of the guards, and reads need statistics: here, where the database is opened, not under the first request.
  await client.exec("load 'plpgsql'");
  const upkeep = tableUpkeep(client);
  await upkeep();
  const database = scopedDatabase(db, async () => {
    await upkeep(true);
    await client.close();
  });
  return {
    ...database,
    transaction: async (scope, work) => {
      const result = await database.transaction(scope, work);
      await upkeep();
      return result;
    },
    dump: async (name) => {
      const folder = options.dumps ?? ".";
      await mkdir(folder, { recursive: true });
      const target = join(folder, `${name}.tar.gz`);
      const content = await client.dumpDataDir("gzip");
      try {
        await writeFile(`${target}.part`, new Uint8Array(await content.arrayBuffer()));
        await rename(`${target}.part`, target);
      } catch (error) {
        await rm(`${target}.part`, { force: true });
        throw error;
      }
      const dumps = (await readdir(folder)).filter((file) => file.endsWith(".tar.gz")).toSorted();
      await Promise.all(dumps.slice(0, -KEPT_DUMPS).map((file) => rm(join(folder, file))));
      return target;
    },
  };
};
