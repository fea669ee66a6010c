import { randomUUID } from "node:crypto";
import { access, link, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { exists, invalid, missing, Problem } from "../../kernel/index.ts";
import type { Files } from "../../ports/index.ts";
import { digestOfFile } from "../disk/file-digest.ts";

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** Makes a file's bytes survive a power failure before a name points to them. */
const flush = async (path: string): Promise<void> => {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/** This process's scratch folder; the pid alone would be that of the process before, in a container. */
const OWN_FOLDER = `${process.pid}-${randomUUID()}`;

/** Removes the scratch folders of processes that are no more. */
const sweepScratch = async (scratch: string): Promise<void> => {
  const names = await readdir(scratch).catch(() => []);
  const orphans = names.filter((name) => {
    const pid = Number.parseInt(name, 10);
    return name !== OWN_FOLDER && (Number.isNaN(pid) || pid === process.pid || !isAlive(pid));
  });
  await Promise.all(orphans.map((name) => rm(join(scratch, name), { recursive: true, force: true })));
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Gives the content a name that nothing had before; false when the name is taken. Never replaces. */
const claim = async (from: string, to: string): Promise<boolean> => {
  await mkdir(dirname(to), { recursive: true });
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOTSUP") throw error;
  }
  // A file system without hard links: a rename would replace silently, so look first.
  const isTaken = await isThere(to);
  if (!isTaken) await rename(from, to);
  return !isTaken;
};

const pathBelow = (root: string, key: string): string => {
  const path = resolve(root, key);
  const below = relative(root, path);
  if (key.includes("\0") || below.startsWith("..") || isAbsolute(key) || below === "")
    throw invalid("key", `${JSON.stringify(key)} is not a key: use a relative path below the storage root`);
  return path;
};

const listKeys = async (root: string, prefix: string): Promise<string[]> => {
  const folder = join(root, prefix.slice(0, prefix.lastIndexOf("/") + 1));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((key) => key.startsWith(prefix))
    .toSorted();
};

const readKey = async (path: string, key: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw missing("file", key);
    throw error;
  }
};

/** Moves a scratch file to its key. */
const settle = async (from: string, to: string, key: string): Promise<void> => {
  await flush(from);
  const isNew = await claim(from, to);
  const isSame = isNew || (await digestOfFile(from)) === (await digestOfFile(to));
  if (!isSame) throw exists(`${key} holds other bytes already. A key is never overwritten: use a new one.`);
  await rm(from, { force: true });
};

/** Object storage as a folder: content is written under a scratch name, then linked to its key, so that a key is there whole or not at all. */
export const openFiles = async (folder: string): Promise<Files> => {
  const root = resolve(folder, "files");
  const scratch = resolve(folder, "scratch");
  const own = join(scratch, OWN_FOLDER);
  await mkdir(root, { recursive: true });
  await sweepScratch(scratch);

  const pathOf = (key: string): string => pathBelow(root, key);
  const pathThere = async (key: string): Promise<string> => {
    const path = pathOf(key);
    if (!(await isThere(path))) throw missing("file", key);
    return path;
  };
  const scratchPath = async (suffix: string): Promise<string> => {
    await mkdir(own, { recursive: true });
    return join(own, `${randomUUID()}${suffix}`);
  };
  const written = async (content: Uint8Array): Promise<string> => {
    const path = await scratchPath(".part");
    await writeFile(path, content);
    return path;
  };

  return {
    scratchPath,
    digestOf: digestOfFile,
    putFile: async (key, from) => settle(from, pathOf(key), key),
    put: async (key, content) => {
      const to = pathOf(key);
      const path = await written(content);
      try {
        await settle(path, to, key);
      } finally {
        await rm(path, { force: true });
      }
    },
    replace: async (key, content) => {
      const to = pathOf(key);
      const path = await written(content);
      await flush(path);
      await mkdir(dirname(to), { recursive: true });
      await rename(path, to);
    },
    get: async (key) => readKey(pathOf(key), key),
    has: async (key) => isThere(pathOf(key)),
    localPath: pathThere,
    location: pathThere,
    list: async (prefix) => listKeys(root, prefix),
    discard: async (path) => {
      if (!resolve(path).startsWith(scratch + sep))
        throw new Problem("internal", "INTERNAL", `${path} is not a scratch path`);
      await rm(path, { recursive: true, force: true });
    },
  };
};
