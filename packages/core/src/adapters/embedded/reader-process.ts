import { type ChildProcess, fork } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Problem } from "../../kernel/index.ts";
import type { Conversion, NamedType } from "./raw-files.ts";
import { type ReaderAnswer, type ReaderRequest, TOO_LARGE_EXIT } from "./reader-messages.ts";

/** What reading one raw file may take. */
export interface ReaderLimits {
  readonly memoryBytes: number;
  /** For any file, however small. */
  readonly baseMs: number;
  /** Beside that, for each byte of the file: 50 KB a second is far below the slowest machine. */
  readonly msPerByte: number;
  /** How long an idle process waits for the next file of its import. */
  readonly idleMs: number;
}

export const READER_LIMITS: ReaderLimits = {
  memoryBytes: 640 * 1024 * 1024,
  baseMs: 180_000,
  msPerByte: 1 / 50,
  idleMs: 500,
};

const READER = fileURLToPath(new URL("./raw-reader.ts", import.meta.url));
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", "--max-old-space-size=192"];

const refused = (name: string, reason: string): Problem =>
  new Problem(
    "invalid",
    "UNREADABLE_FILE",
    `${name}: ${reason}. Fetch it again; if it stays so, it is damaged or no cost file.`,
    {
      details: [{ field: name, reason }],
    },
  );

/** Why a process ended under a file, in the product's words. */
const endedUnder = (name: string, code: number | null, signal: NodeJS.Signals | null): Problem => {
  if (code === TOO_LARGE_EXIT) return refused(name, "reading it took more memory than it may, and was stopped");
  if (signal === "SIGKILL" || signal === "SIGTERM")
    return new Problem(
      "transient",
      "INTERNAL",
      `${name}: the process that read it was ended (${signal}), most likely for want of memory; try again`,
    );
  return refused(name, `reading it crashed the reader (${signal ?? `exit ${code ?? "unknown"}`})`);
};

type Asked = ReaderRequest extends infer R ? (R extends ReaderRequest ? Omit<R, "id"> : never) : never;

/** One question to a process: its answer, or the Problem that its end or the clock makes. */
const ask = (child: ChildProcess, request: ReaderRequest, name: string, timeMs: number): Promise<ReaderAnswer> =>
  new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      child.off("error", onError);
      end();
    };
    const onMessage = (answer: ReaderAnswer): void => {
      if (answer.id === request.id) settle(() => resolve(answer));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      settle(() => reject(endedUnder(name, code, signal)));
    const onError = (error: Error): void => settle(() => reject(error));
    const timer = setTimeout(() => {
      settle(() =>
        reject(refused(name, `reading it took longer than ${Math.round(timeMs / 1000)} s, and was stopped`)),
      );
      child.kill("SIGKILL");
    }, timeMs);
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.on("error", onError);
    child.send(request);
  });

/** Reads raw files in a process of its own: one for the files of an import, one file at a time. */
export interface RawReader {
  convert(request: Conversion): Promise<{ rows: number }>;
  describe(path: string, name: string): Promise<NamedType[]>;
  close(): Promise<void>;
}

const isOn = (child: ChildProcess | undefined): child is ChildProcess =>
  child !== undefined && child.connected && child.exitCode === null && child.signalCode === null;

/** The process at hand: started when there is a file, kept for the next one, ended when none comes. */
const processKeeper = (folder: string, limits: ReaderLimits) => {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  return {
    take: (): ChildProcess => {
      clearTimeout(idle);
      child = isOn(child)
        ? child
        : fork(READER, [folder, String(limits.memoryBytes)], {
            execArgv: FLAGS,
            env: {},
            serialization: "json",
            stdio: ["ignore", "ignore", "ignore", "ipc"],
          });
      child.ref();
      child.channel?.ref();
      return child;
    },
    /** An idle process keeps nothing alive, and ends after a while. */
    rest: (): void => {
      const resting = child;
      if (!isOn(resting)) return;
      resting.unref();
      resting.channel?.unref();
      // It may have ended by itself meanwhile: there is nothing left to disconnect then.
      idle = setTimeout(() => resting.connected && resting.disconnect(), limits.idleMs).unref();
    },
    /** What ended under one file is not asked about the next. */
    forget: (): void => {
      clearTimeout(idle);
      child = undefined;
    },
    end: (): void => {
      clearTimeout(idle);
      if (isOn(child)) child.kill("SIGKILL");
    },
  };
};

export const rawReader = (folder: string, limits: ReaderLimits = READER_LIMITS): RawReader => {
  const keeper = processKeeper(folder, limits);
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  const run = async (asked: Asked, path: string, name: string): Promise<ReaderAnswer> => {
    const bytes = await stat(path).then(
      (entry) => entry.size,
      () => 0,
    );
    count += 1;
    const timeMs = limits.baseMs + bytes * limits.msPerByte;
    const answer = await ask(keeper.take(), { ...asked, id: count }, name, timeMs).catch((error: unknown) => {
      keeper.forget();
      throw error;
    });
    keeper.rest();
    if (!("problem" in answer)) return answer;
    const { kind, code, message, details } = answer.problem;
    throw new Problem(kind, code, message, { details });
  };
  const next = (asked: Asked, path: string, name: string): Promise<ReaderAnswer> => {
    const mine = last.then(() => run(asked, path, name));
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    convert: async (request) => {
      const answer = await next({ does: "convert", request }, request.source.path, request.name ?? request.source.path);
      return { rows: "rows" in answer ? answer.rows : 0 };
    },
    describe: async (path, name) => {
      const answer = await next({ does: "describe", path, name }, path, name);
      return "columns" in answer ? [...answer.columns] : [];
    },
    close: async () => {
      await last;
      keeper.end();
    },
  };
};
