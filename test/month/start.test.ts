import { createServer } from "node:net";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
