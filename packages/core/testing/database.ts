import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { sha256 } from "../src/kernel/index.ts";
import type { Database } from "../src/ports/index.ts";
import { openEmbedded } from "../src/adapters/embedded/database.ts";
import { openPostgres } from "../src/adapters/postgres/database.ts";
import { MIGRATIONS } from "../src/adapters/postgres/migrations.ts";

const CACHE = fileURLToPath(new URL("../../../.tmp", import.meta.url));

const migrationsDigest = (): string =>
  sha256(
    readdirSync(MIGRATIONS)
      .filter((file) => file.endsWith(".sql"))
      .toSorted()
      .map((file) => readFileSync(join(MIGRATIONS, file), "utf8"))
      .join("\n"),
  ).slice(0, 16);

/** A migrated embedded database, made once per migration state and loaded by every test file. */
const template = async (): Promise<Blob> => {
  mkdirSync(CACHE, { recursive: true });
  const path = join(CACHE, `template-${migrationsDigest()}.tar.gz`);
  if (!existsSync(path)) {
    const folder = join(CACHE, randomUUID());
    mkdirSync(folder);
    const database = await openEmbedded({ folder: join(folder, "pg"), dumps: folder });
    const dump = await database.dump("template");
    await database.close();
    await rename(dump, path);
  }
  return new Blob([await readFile(path)]);
};

export const testPostgresUrl = process.env["TEST_DATABASE_URL"];

const freshPostgres = async (url: string): Promise<Database> => {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  const database = await openPostgres(target.href, 6);
  return {
    ...database,
    close: async () => {
      await database.close();
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
};

/** An empty, migrated database: embedded, or a fresh one on the server that TEST_DATABASE_URL names. */
export const testDatabase = async (): Promise<Database> =>
  testPostgresUrl === undefined ? openEmbedded({ load: await template() }) : freshPostgres(testPostgresUrl);

/** Writes a file into a folder that the test made. */
export const place = async (folder: string, name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
