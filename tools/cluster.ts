/** A throw-away PostgreSQL: its cluster lives in a temporary folder on a free loopback port. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isRunning, stop } from "./processes.ts";

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const ENVIRONMENT = { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" };

/** Where initdb and postgres are: PG_BIN, the newest of Debian's, or the PATH. */
const binaries = (): string => {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const places = [process.env["PG_BIN"] ?? "", ...versions.map((version) => join(debian, version, "bin"))];
  const found = [...places, ...(process.env["PATH"] ?? "").split(":")].find(
    (place) => place !== "" && existsSync(join(place, "initdb")) && existsSync(join(place, "postgres")),
  );
  if (found === undefined) {
    throw new Error(
      "No PostgreSQL here: install it (Debian: apt-get install postgresql), or set PG_BIN to its bin folder.",
    );
  }
  return found;
};

/** PostgreSQL refuses to run as root; then it runs as postgres, or as nobody. */
const account = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = ["postgres:", "nobody:"].map((name) => lines.find((entry) => entry.startsWith(name))).find(Boolean);
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error("root may not run PostgreSQL, and there is no account postgres or nobody");
  return { uid: Number(uid), gid: Number(gid) };
};

export interface Cluster {
  readonly url: string;
  /** Stops the server, whoever is connected, and leaves its data. */
  readonly pause: () => Promise<void>;
  /** Starts it again on the same port. */
  readonly resume: () => Promise<void>;
  /** Stops it for good. */
  readonly stop: () => Promise<void>;
}

/** Makes the data folder of a cluster. */
const initialise = (bin: string, runAs: Account | undefined, folder: string, password: string): string => {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs !== undefined) for (const path of [folder, passwordFile]) chownSync(path, runAs.uid, runAs.gid);
  const login = ["-U", "commops", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  const parameters = ["-D", data, ...login, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
  const init = spawnSync(join(bin, "initdb"), parameters, {
    ...runAs,
    cwd: folder,
    env: ENVIRONMENT,
    encoding: "utf8",
  });
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr || String(init.error)}`);
  return data;
};

/** Initialises and starts a cluster that is fast and forgets: nothing is synced to disk. */
export const startCluster = async (): Promise<Cluster> => {
  const bin = binaries();
  const runAs = account();
  const folder = mkdtempSync(join(tmpdir(), "commops-postgres-"));
  const password = randomBytes(16).toString("hex");
  const data = initialise(bin, runAs, folder, password);

  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "200",
  };
  const start = async (): Promise<ChildProcess> => {
    const server = spawn(
      join(bin, "postgres"),
      ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      { ...runAs, cwd: folder, env: ENVIRONMENT, stdio: ["ignore", "ignore", "pipe"] },
    );
    const log: string[] = [];
    server.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    await untilReady(server, bin, port, log);
    return server;
  };
  let server = await start();
  return {
    url: `postgres://commops:${password}@127.0.0.1:${port}/postgres`,
    pause: () => stop(server, "SIGINT"),
    resume: async () => {
      server = await start();
    },
    stop: async () => {
      await stop(server, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const untilReady = async (server: ChildProcess, bin: string, port: number, log: readonly string[]): Promise<void> => {
  for (let tries = 0; tries < 150; tries += 1) {
    if (!isRunning(server)) break;
    const ready = spawnSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]);
    if (ready.status === 0) return;
    await sleep(200);
  }
  await stop(server, "SIGKILL");
  throw new Error(`PostgreSQL did not start:\n${log.join("")}`);
};
