import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isRunning, stopGroup } from "./processes.ts";

/** The product, started as README says, on a loopback port of its own. */
export interface Product {
  /** `http://127.0.0.1:<port>`. */
  readonly base: string;
  /** Seconds from the start until health answered 200. */
  readonly seconds: number;
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
}

/** The status of a page, or 0 while nobody listens. */
export const statusOf = async (url: string): Promise<number> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};

const untilHealthy = async (child: ChildProcess, base: string, limit: number): Promise<number> => {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  while (elapsed() < limit && isRunning(child)) {
    if ((await statusOf(`${base}/api/v1/health`)) === 200) return elapsed();
    await sleep(250);
  }
  throw new Error(isRunning(child) ? `npm start was not healthy within ${limit} s` : "npm start ended by itself");
};

/** How long a first start may take where many others want the machine too, before something is taken to be wrong. In seconds. */
const PATIENCE = 240;

/** Runs `npm start` on a data folder until it is healthy; throws with all it said when it is not within `limit` seconds. */
export const startProduct = async (folder: string, limit = PATIENCE): Promise<Product> => {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const said: string[] = [];
  const child = spawn("npm", ["start"], {
    // A group of its own, so that npm, its shell and the server end together.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATA_DIR: folder, PORT: String(port) },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  try {
    const seconds = await untilHealthy(child, base, limit);
    return { base, seconds, stop: (signal) => stopGroup(child, signal) };
  } catch (cause) {
    await stopGroup(child, "SIGKILL");
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}. It said:\n${said.join("")}`, { cause });
  }
};
