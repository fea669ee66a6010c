import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** How the command line finds the running server: its address and a token, readable by this user only. */
const serverFile = z.object({ url: z.string(), pid: z.number(), token: z.string() });
export type ServerFile = z.output<typeof serverFile>;

const pathIn = (dataDir: string): string => join(dataDir, "server.json");

export const writeServerFile = async (dataDir: string, server: ServerFile): Promise<void> => {
  const path = pathIn(dataDir);
  await writeFile(`${path}.part`, JSON.stringify(server), { mode: 0o600 });
  await rename(`${path}.part`, path);
};

export const removeServerFile = (dataDir: string): Promise<void> => rm(pathIn(dataDir), { force: true });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The running server of a data folder; undefined when there is none. */
export const readServerFile = async (dataDir: string): Promise<ServerFile | undefined> => {
  const text = await readFile(pathIn(dataDir), "utf8").catch(() => undefined);
  const parsed = text === undefined ? undefined : serverFile.safeParse(JSON.parse(text));
  return parsed?.success === true && isAlive(parsed.data.pid) ? parsed.data : undefined;
};
