import { chmod, mkdir, open, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../kernel/index.ts";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const claim = async (path: string): Promise<boolean> => {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

const holder = async (path: string): Promise<number | undefined> => {
  const text = await readFile(path, "utf8").catch(() => "");
  const pid = Number(text);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
};

/** Removes a lock whose process is gone; a folder made exclusively lets only one starter do so at a time. */
const removeDead = async (path: string): Promise<void> => {
  const guard = `${path}.taking`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (codeOf(error) === "EEXIST")
      throw new Problem(
        "precondition",
        "FAILED_PRECONDITION",
        `another start is taking over ${path}; if none is, remove ${guard}`,
      );
    throw error;
  }
  try {
    const pid = await holder(path);
    if (pid === undefined || !isAlive(pid)) await rm(path, { force: true });
  } finally {
    await rmdir(guard);
  }
};

/** Nobody else on the machine looks in: the embedded database makes its files writable by everybody. A mount may not take it. */
const closeToOthers = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700).catch((error: unknown) => {
    if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOTSUP") throw error;
  });
};

/**
 * Takes the data folder for this process: two processes on one embedded database would corrupt it silently.
 * Never stolen from a live process. Throws a precondition Problem that names the holder.
 */
export const lockFolder = async (folder: string): Promise<{ release: () => Promise<void> }> => {
  await closeToOthers(folder);
  const path = join(folder, "server.lock");
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (await claim(path)) return { release: () => rm(path, { force: true }) };
    const pid = await holder(path);
    if (pid !== undefined && pid !== process.pid && isAlive(pid)) break;
    await removeDead(path);
  }
  const pid = await holder(path);
  throw new Problem(
    "precondition",
    "FAILED_PRECONDITION",
    `the data folder ${folder} is in use by the process ${pid ?? "unknown"}. Stop it first, use its API, or set DATA_DIR to another folder.`,
  );
};
