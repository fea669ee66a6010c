/**
 * Runs a command with a throw-away PostgreSQL: `node tools/postgres.ts npm test`.
 * The cluster is gone when the command ends.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startCluster } from "./cluster.ts";

const [command, ...parameters] = process.argv.slice(2);
if (command === undefined) throw new Error("Say what to run: node tools/postgres.ts npm test");
const cluster = await startCluster();
try {
  const child = spawn(command, parameters, {
    stdio: "inherit",
    env: { ...process.env, DATABASE_URL: cluster.url, TEST_DATABASE_URL: cluster.url },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, "exit")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await cluster.stop();
}
