/**
 * Does what README says to a newcomer, `npm start`, in an empty folder on a free port, and sees it answer;
 * then kills it without warning, starts it again on the same folder, and sees it answer again.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isRunning, stop } from "./processes.ts";

const LIMIT_SECONDS = Number(process.env["SMOKE_SECONDS"] ?? "60");

const startProduct = (folder: string, port: number): ChildProcess => {
  const child = spawn("npm", ["start"], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATA_DIR: folder, PORT: String(port) },
  });
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  return child;
};

/** The status of a page, or 0 while nobody listens. */
const status = async (url: string): Promise<number> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};

/** Seconds until the product says it is healthy; throws when it ends or takes too long. */
const secondsToHealth = async (child: ChildProcess, base: string): Promise<string> => {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  while (elapsed() < LIMIT_SECONDS && isRunning(child)) {
    if ((await status(`${base}/api/v1/health`)) === 200) return elapsed().toFixed(1);
    await sleep(250);
  }
  const why = isRunning(child) ? `was not healthy within ${LIMIT_SECONDS} s` : "ended by itself";
  throw new Error(`npm start ${why}. It said:\n${output.join("")}`);
};

const output: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "commops-smoke-"));
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
let product = startProduct(folder, port);
try {
  const first = await secondsToHealth(product, base);
  const page = await status(`${base}/`);
  if (page !== 200) throw new Error(`the dashboard at / answered ${page}, not 200`);
  await stop(product, "SIGKILL", true);

  product = startProduct(folder, port);
  const second = await secondsToHealth(product, base);
  await stop(product, "SIGTERM", true);
  console.log(`smoke: npm start healthy after ${first} s, and after a kill and a second start after ${second} s`);
} finally {
  await stop(product, "SIGKILL", true);
  rmSync(folder, { recursive: true, force: true });
}
