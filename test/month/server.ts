import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, stop } from "../../tools/processes.ts";
import { statusOf } from "../../tools/product.ts";

/** Flags with which any Node from 22.12 on runs TypeScript. */
const TYPESCRIPT = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];
const SERVER = "packages/functions/src/embedded/main.ts";
const COMMAND_LINE = "packages/functions/src/embedded/cli/commops.ts";

export type Environment = Readonly<Record<string, string>>;

/** What a process needs of this one's environment: settings of the product come from the test alone. */
const environmentOf = (settings: Environment): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  NO_COLOR: "1",
  COMMOPS_SEED: "none",
  COMMOPS_RATE_LIMIT: "1000000",
  ...settings,
});

const launch = (
  file: string,
  args: readonly string[],
  settings: Environment,
): { child: ChildProcess; said: string[] } => {
  const said: string[] = [];
  const child = spawn(process.execPath, [...TYPESCRIPT, file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentOf(settings),
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  return { child, said };
};

/** A server process that was started, healthy or not. */
export interface ServerProcess {
  readonly pid: number;
  readonly base: string;
  /** Everything it wrote so far. */
  said(): string;
  isRunning(): boolean;
  /** Waits for health 200. Throws with what it said when the process ends before, or after `limit` seconds. */
  untilHealthy(limit?: number): Promise<void>;
  /** Waits for its end and answers the exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the product's server process (what `npm start` runs) on a data folder and port. */
export const spawnServer = (folder: string, port: number, settings: Environment = {}): ServerProcess => {
  const { child, said } = launch(SERVER, [], { DATA_DIR: folder, PORT: String(port), ...settings });
  const base = `http://127.0.0.1:${port}`;
  return {
    pid: child.pid ?? 0,
    base,
    said: () => said.join(""),
    isRunning: () => isRunning(child),
    untilHealthy: async (limit = 60) => {
      const deadline = performance.now() + limit * 1000;
      while (isRunning(child) && performance.now() < deadline) {
        if ((await statusOf(`${base}/api/v1/health`)) === 200) return;
        await sleep(50);
      }
      throw new Error(`the server was not healthy. It said:\n${said.join("")}`);
    },
    ended: async () => {
      if (isRunning(child)) await once(child, "close");
      return child.exitCode;
    },
    stop: (signal) => stop(child, signal),
  };
};

/** Starts the server and waits until it is healthy. */
export const startServer = async (folder: string, port: number, settings: Environment = {}): Promise<ServerProcess> => {
  const server = spawnServer(folder, port, settings);
  try {
    await server.untilHealthy();
    return server;
  } catch (error) {
    await server.stop("SIGKILL");
    throw error;
  }
};

/** What a run of the command line ended with. */
export interface CommandResult {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `commops ARGS` on a data folder; with a reader, `commops ARGS | READER`, with the exit code of `commops`. */
export const commops = async (
  folder: string,
  args: readonly string[],
  settings: Environment = {},
  reader?: string,
): Promise<CommandResult> => {
  const command = [process.execPath, ...TYPESCRIPT, COMMAND_LINE, ...args];
  const [file = "", ...rest] =
    reader === undefined ? command : ["bash", "-c", `"$@" | ${reader}; exit "\${PIPESTATUS[0]}"`, "bash", ...command];
  const child = spawn(file, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentOf({ DATA_DIR: folder, ...settings }),
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk.toString()));
  await once(child, "close");
  return { exit: child.exitCode, stdout: out.join(""), stderr: err.join("") };
};
