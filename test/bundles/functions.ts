import { spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { BESIDE_BUNDLES } from "@commops/core/workflows";
import { bundleHandler } from "../../tools/stacks/evaluate/bundle-handler.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNTIME = fileURLToPath(new URL("lambda-runtime.ts", import.meta.url));

export interface BuiltFunction {
  readonly folder: string;
  /** The bundle's file. */
  readonly file: string;
  readonly bytes: number;
  /** Every source that went into it. */
  readonly sources: readonly string[];
  /** Modules that it expects to find installed. */
  readonly external: readonly string[];
}

/** Bundles an entry point as it is deployed: the code and what lies beside it in a folder of its own, outside of the repository. */
export const buildFunction = async (entry: string): Promise<BuiltFunction> => {
  const folder = await mkdtemp(join(tmpdir(), `commops-${entry}-`));
  const handler = `packages/functions/src/lambda/${entry}.handler`;
  const built = await bundleHandler(ROOT, handler, { minify: true }, folder);
  for (const path of BESIDE_BUNDLES) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  const file = join(folder, `packages/functions/src/lambda/${entry}.mjs`);
  return { folder, file, bytes: built.bytes, sources: built.files, external: built.external };
};

export const removeFunction = ({ folder }: BuiltFunction): Promise<void> =>
  rm(folder, { recursive: true, force: true });

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export interface Invoked<T> {
  readonly results: readonly { readonly output?: T; readonly error?: LambdaError }[];
  /** What it wrote, lines of its own process. */
  readonly log: string;
}

/** Starts a container with nothing but its own environment, gives it the events one after the other, and ends it. */
export const invoke = async <T>(
  built: BuiltFunction,
  env: Readonly<Record<string, string>>,
  events: readonly unknown[],
  milliseconds = 60_000,
): Promise<Invoked<T>> => {
  const child = spawn(
    process.execPath,
    ["--experimental-strip-types", RUNTIME, built.file, "handler", String(milliseconds)],
    {
      cwd: built.folder,
      env: { PATH: "/usr/bin:/bin", TMPDIR: built.folder, LAMBDA_TASK_ROOT: built.folder, ...env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    },
  );
  const [stdin, ...outputs] = child.stdio;
  if (stdin === null) throw new Error("the function has no standard input");
  stdin.end(JSON.stringify(events));
  const [log, errors, answer] = await Promise.all(
    outputs.map(async (one) => (one instanceof Readable ? text(one) : "")),
  );
  return { results: JSON.parse(answer || "[]") as Invoked<T>["results"], log: `${log}${errors}` };
};

/** A request as API Gateway and function URLs hand it over (payload format 2.0). */
export const httpEvent = (
  route: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
): object => {
  const [method = "GET", target = "/"] = route.split(" ");
  const [path = "/", query = ""] = target.split("?");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: { host: "api.example", "content-type": "application/json", ...headers },
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      domainName: "api.example",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.9", userAgent: "test" },
      requestId: "request",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1_767_225_600_000,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
};
