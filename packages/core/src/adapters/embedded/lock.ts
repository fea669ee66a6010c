import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { access, chmod, constants, link, mkdir, open, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../../kernel/index.ts";

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/** When a process began, in the kernel's ticks (proc_pid_stat(5), field 22); undefined where there is no such file. */
const startOf = (pid: number): string | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
};

interface Holder {
  readonly pid: number;
  readonly start: string | undefined;
}

/** Whether the process that wrote the lock still runs: its pid alone may be another's by now, in a container soon. */
const isHeld = ({ pid, start }: Holder): boolean => {
  if (!isAlive(pid)) return false;
  const now = startOf(pid);
  return start === undefined || now === undefined ? pid !== process.pid : start === now;
};

const holderOf = async (path: string): Promise<Holder | undefined> => {
  const [pid = "", start] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  return /^[1-9]\d*$/.test(pid) ? { pid: Number(pid), start } : undefined;
};

/** Makes the lock with its content at once, or not at all: an empty one would look like a dead process's. */
const claim = async (path: string): Promise<boolean> => {
  const content = [process.pid, startOf(process.pid)].filter((part) => part !== undefined).join(" ");
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOTSUP") throw error;
    return await claimWithoutLinks(path, content);
  } finally {
    await rm(draft, { force: true });
  }
};

const claimWithoutLinks = async (path: string, content: string): Promise<boolean> => {
  try {
    const file = await open(path, "wx");
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

/** Taking over takes milliseconds: a guard of this age was left by a starter that was killed. */
const GUARD_MS = 10_000;

/** Makes a folder that only one starter can make, and waits for the one who has. */
const enterGuard = async (guard: string): Promise<void> => {
  for (;;) {
    try {
      return await mkdir(guard);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const made = await stat(guard).catch(() => undefined);
    if (made && Date.now() - made.mtimeMs > GUARD_MS) await rmdir(guard).catch(() => undefined);
    else await sleep(50);
  }
};

/** Removes a lock whose process is gone; one starter at a time, so that none removes the lock of the one before. */
const removeDead = async (path: string): Promise<void> => {
  const guard = `${path}.taking`;
  await enterGuard(guard);
  try {
    const holder = await holderOf(path);
    if (holder === undefined || !isHeld(holder)) await rm(path, { force: true });
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

const unusable = (folder: string, error: unknown): Problem =>
  new Problem(
    "precondition",
    "FAILED_PRECONDITION",
    `the data folder ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}. Set DATA_DIR to a folder that this user can make and write, on a disk that is not full.`,
    { cause: error },
  );

/**
 * Takes the data folder for this process: two processes on one embedded database would corrupt it silently.
 * Never stolen from a live process. Throws a precondition Problem that names the holder, or says why the folder cannot be used.
 */
export const lockFolder = async (folder: string): Promise<{ release: () => Promise<void> }> => {
  const path = join(folder, "server.lock");
  try {
    await closeToOthers(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw unusable(folder, error);
  }
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (await claim(path)) return { release: () => rm(path, { force: true }) };
    const holder = await holderOf(path);
    if (holder !== undefined && isHeld(holder)) break;
    await removeDead(path);
  }
  const holder = await holderOf(path);
  throw new Problem(
    "precondition",
    "FAILED_PRECONDITION",
    `the data folder ${folder} is in use by the process ${holder?.pid ?? "unknown"}. Stop it first, use its API, or set DATA_DIR to another folder.`,
  );
};
