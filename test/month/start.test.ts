import { createServer } from "node:net";
import { once } from "node:events";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/processes.ts";
import { statusOf } from "../../tools/product.ts";
import { commops, type Environment, type ServerProcess, spawnServer, startServer } from "./server.ts";

let root: string;
let first: ServerProcess;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-start-"));
  first = await startServer(join(root, "first"), await freePort());
});
afterAll(async () => {
  await first?.stop("SIGTERM");
  await rm(root, { recursive: true, force: true });
});

/** Starts a server that cannot start, and answers what it said. */
const refused = async (folder: string, settings: Environment = {}, port?: number): Promise<string> => {
  const server = spawnServer(join(root, folder), port ?? (await freePort()), settings);
  expect(await server.ended()).toBe(1);
  return server.said();
};

test("a second server on one data folder is refused with the first one's pid, and the first goes on", async () => {
  const said = await refused("first");
  expect(said).toContain(`in use by the process ${first.pid}`);
  expect(said).toContain(join(root, "first"));
  expect(await statusOf(`${first.base}/api/v1/health`)).toBe(200);
  expect((await commops(join(root, "first"), ["audit", "verify"])).exit).toBe(0);
});

test("a port in use is named", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    expect(await refused("port", {}, port)).toContain(`PORT ${port} is in use`);
  } finally {
    taken.close();
  }
  // Nothing holds the folder after a start that failed.
  const second = await startServer(join(root, "port"), await freePort());
  await second.stop("SIGTERM");
});

test("a database that cannot be reached is named by host and name, never by its password", async () => {
  const port = await freePort();
  const said = await refused("database", { DATABASE_URL: `postgres://joe:hunter2-secret@127.0.0.1:${port}/billing` });
  expect(said).toContain(`127.0.0.1:${port}/billing`);
  expect(said).not.toContain("hunter2");
});

test("every wrong setting is named at once, and nothing is made", async () => {
  const said = await refused("settings", {
    PORT: "lots",
    DATABASE_URL: "mysql://joe:hunter2-secret@host/db",
    COMMOPS_SEED: "maybe",
    COMMOPS_RATE_LIMIT: "-1",
    SMTP_URL: "mail.example",
  });
  for (const name of ["PORT", "DATABASE_URL", "COMMOPS_SEED", "COMMOPS_RATE_LIMIT", "SMTP_URL"])
    expect(said).toContain(name);
  expect(said).not.toContain("hunter2");
  expect((await commops(join(root, "settings"), ["audit", "verify"], { PORT: "lots" })).exit).toBe(2);
});

test("a data folder that cannot be used is named with the reason, by the server and by the command line", async () => {
  await writeFile(join(root, "file"), "no folder");
  const said = await refused("file/data");
  expect(said).toMatch(/cannot start: the data folder \S+\/file\/data cannot be used: .*Set DATA_DIR/);
  expect(said).not.toContain("    at ");
  expect(await commops(join(root, "file"), ["audit", "verify"])).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/^commops: the data folder .* cannot be used/),
  });
});

test("an address that is not this machine's is named", async () => {
  const said = await refused("address", { HOST: "192.0.2.1" });
  expect(said).toMatch(/cannot start: cannot listen on HOST 192\.0\.2\.1, PORT \d+: .*Set HOST/);
  expect(said).not.toContain("    at ");
});

test("a misspelt setting is named at start", async () => {
  const server = await startServer(join(root, "misspelt"), await freePort(), { COMMOPS_SEEDS: "none" });
  expect(server.said()).toContain("Nothing reads COMMOPS_SEEDS");
  await expect.poll(server.said, { timeout: 10_000 }).toContain("npx commops token --role admin");
  await server.stop("SIGTERM");
});

test("a damaged embedded database is not made anew: the start says which copy to go back to, and how", async () => {
  const folder = join(root, "damaged");
  const server = await startServer(folder, await freePort());
  await server.stop("SIGTERM");
  const control = join(folder, "postgres", "global", "pg_control");
  const whole = await readFile(control);
  await writeFile(control, whole.subarray(0, 100));
  const said = await refused("damaged");
  const [way = ""] = /mv .* -C \S+(?=, then)/.exec(said) ?? [];
  expect(said).toMatch(/cannot start: the embedded database in \S+ cannot be opened/);
  expect(said).not.toContain("    at ");
  await writeFile(control, whole);
  await rm(join(folder, "postgres", "PG_VERSION"));
  expect(await refused("damaged")).toContain("PG_VERSION is missing");
  await promisify(execFile)("sh", ["-c", way]);
  expect(await commops(folder, ["audit", "verify"])).toMatchObject({ exit: 0, stderr: "" });
});

test("a stop that is asked for twice, and before all runs, is a whole one: the database is copied, nothing is left behind", async () => {
  const folder = join(root, "twice");
  const server = await startServer(folder, await freePort());
  process.kill(server.pid, "SIGINT");
  await sleep(20);
  process.kill(server.pid, "SIGINT");
  expect(await server.ended()).toBe(0);
  expect(await readdir(folder)).toContain("backups");
  expect(await readdir(folder)).not.toContain("server.lock");
});

test("a server that was killed leaves nothing in the way of the next", async () => {
  const folder = join(root, "killed");
  const server = await startServer(folder, await freePort());
  await server.stop("SIGKILL");
  // The command line finds nobody, and opens the folder itself.
  expect((await commops(folder, ["audit", "verify", "--json"])).exit).toBe(0);
  const next = await startServer(folder, await freePort());
  await next.stop("SIGTERM");
});

test("the command line gives out no token where an identity provider signs people in", async () => {
  const settings = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "commops" };
  const result = await commops(join(root, "killed"), ["token", "--role", "admin", "--json"], settings);
  expect(result).toMatchObject({ exit: 2, stderr: expect.stringContaining("identity provider") });
  expect(result.stdout).not.toContain("cop_");
});
