import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleWishes, bundleHandler, isThere } from "./bundle-handler.ts";
import { type AppSettings, type Bundle, type Evaluation, REGION, type Resource } from "./evaluation.ts";
import { serveRpc } from "./rpc.ts";

/** SST keeps code and state in buckets that it makes in the account. */
const BOOTSTRAP = {
  asset: "sst-asset-offline",
  assetEcrRegistryId: "123456789012",
  assetEcrUrl: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/sst-asset",
  state: "sst-state-offline",
};

/** What a deployment is told by its environment. */
const SETTINGS = {
  COMMOPS_MAIL_SENDER: "billing@example.com",
  COMMOPS_OPERATOR_MAIL: "operations@example.com",
  COMMOPS_MONTHLY_BUDGET_USD: "500",
  OIDC_ISSUER: "https://id.example.com",
  OIDC_CLIENT_ID: "commercial-ops",
};

interface BuildRequest {
  readonly handler: string;
  readonly properties?: BundleWishes;
}

/** A function whose entry point is not there is a fault; the rest of the stage is looked at all the same. */
const placeholder = (work: string): { readonly handler: string; readonly out: string } => {
  const out = join(work, "none");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "none.mjs"), "");
  return { handler: "none.handler", out };
};

/** Handlers bundled so far; functions that share one get the same bundle. */
const handlerBundler = (root: string, bundles: Map<string, Promise<Bundle>>, missing: Set<string>) => {
  const work = join(root, ".sst/evaluated-handlers");
  return async ({ handler, properties }: BuildRequest): Promise<unknown> => {
    const digest = createHash("sha256")
      .update(JSON.stringify([handler, properties]))
      .digest("hex")
      .slice(0, 12);
    if (!isThere(root, handler)) {
      missing.add(handler);
      return { ...placeholder(work), errors: [], sourcemaps: [] };
    }
    const bundle = bundles.get(digest) ?? bundleHandler(root, handler, properties ?? {}, join(work, digest));
    bundles.set(digest, bundle);
    try {
      const { folder, entry } = await bundle;
      return { handler: entry, out: folder, errors: [], sourcemaps: [] };
    } catch (error) {
      return { handler, out: "", errors: [String(error)], sourcemaps: [] };
    }
  };
};

/** Runs a bundled program for a stage and gives all that it would hold. Throws with what the program said when it fails. */
export const evaluate = async (
  root: string,
  program: string,
  stage: string,
  secrets: readonly string[],
): Promise<Evaluation> => {
  const bundles = new Map<string, Promise<Bundle>>();
  const missing = new Set<string>();
  const buildHandler = handlerBundler(root, bundles, missing);
  const rpc = await serveRpc({
    "Provider.Aws.Bootstrap": () => Promise.resolve(BOOTSTRAP),
    "Runtime.Build": (argument) => buildHandler(argument as unknown as BuildRequest),
    "Runtime.AddTarget": () => Promise.resolve(null),
  });
  const folder = mkdtempSync(join(tmpdir(), "commops-stacks-"));
  try {
    const app = await appSettings(root, stage);
    const out = join(folder, "resources.json");
    const cli = { command: "deploy", paths: pathsOf(root), state: { version: {} } };
    await runProgram(program, {
      SST_SERVER: rpc.url,
      EVALUATED_OUT: out,
      EVALUATED_STAGE: JSON.stringify({ app: { ...app, stage }, cli }),
      ...Object.fromEntries(secrets.map((name) => [`SST_SECRET_${name}`, `secret-${name}`])),
    });
    return {
      stage,
      app,
      resources: JSON.parse(readFileSync(out, "utf8")) as Resource[],
      bundles: await Promise.all(bundles.values()),
      missingHandlers: [...missing],
    };
  } finally {
    rpc.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Config {
  app(input: { readonly stage: string }): AppSettings | Promise<AppSettings>;
}

/** SST asks for these before it runs the program, and for nothing else. */
const appSettings = async (root: string, stage: string): Promise<AppSettings> => {
  Object.assign(globalThis, { $config: (config: Config) => config });
  const { default: config } = (await import(join(root, "sst.config.ts"))) as { readonly default: Config };
  return config.app({ stage });
};

const pathsOf = (root: string): Readonly<Record<string, string>> => ({
  home: join(root, ".sst"),
  root,
  work: join(root, ".sst"),
  platform: join(root, ".sst/platform"),
});

/** In a process of its own, because outputs that wait for an answer are lost where a program shares a process that ends. */
const runProgram = async (program: string, environment: Readonly<Record<string, string>>): Promise<void> => {
  const child = spawn(process.execPath, ["--enable-source-maps", program], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], AWS_REGION: REGION, ...SETTINGS, ...environment },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`The program ended with ${code}:\n${Buffer.concat(said).toString()}`);
};
