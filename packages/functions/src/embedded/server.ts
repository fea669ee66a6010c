import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type HttpBindings, serve } from "@hono/node-server";
import { Problem } from "@commops/core/kernel";
import { type Call, systemActor } from "@commops/core/record";
import { curFreshnessDays } from "@commops/core/cost";
import { createApi } from "../api/api.ts";
import { continueWork, resumeWork } from "../api/background.ts";
import type { Api } from "../api/context.ts";
import { runningWork } from "../api/running-work.ts";
import type { ApiHooks, ApiRuntime } from "../api/runtime.ts";
import type { EmbeddedRuntime } from "../runtime/embedded.ts";
import { version } from "../version.ts";

const DASHBOARD = fileURLToPath(new URL("../../../web/dist", import.meta.url));

/** A call by the product itself. */
export const systemCall = (runtime: EmbeddedRuntime, name: string): Call => ({
  world: runtime.world,
  actor: systemActor(name),
  traceId: randomUUID(),
});

export interface LocalApi {
  readonly api: Api;
  /** Takes up the work that a killed server left behind. For the one server of a data folder. */
  resume(): Promise<void>;
  /** Does the work that another server of the same database left behind. */
  continueWork(): Promise<void>;
  /** Waits for the work that goes on behind answers. */
  settle(): Promise<void>;
}

const remoteAddress = (env: unknown): string => {
  const incoming = (env as Partial<HttpBindings> | undefined)?.incoming;
  return incoming?.socket.remoteAddress ?? "local";
};

/** Where uploads lie until the work on them has ended. */
export const uploadFolderOf = ({ dataDir }: { readonly dataDir: string }): string => join(dataDir, "uploads");

/** The API over one machine's runtime; `log` takes one structured line a request. */
export const localApi = (runtime: EmbeddedRuntime, log: ApiHooks["log"]): LocalApi => {
  const { settings, world } = runtime;
  const { background, settle } = runningWork(log);
  const apiRuntime: ApiRuntime = {
    world,
    settings: {
      version,
      rateLimit: settings.rateLimit,
      isSecureCookie: settings.isSecureCookie,
      publicUrl: settings.givenUrl,
      oidc: settings.oidc,
      uploadFolder: uploadFolderOf(settings),
      mayReadLocalPaths: true,
      dashboardFolder: existsSync(join(DASHBOARD, "index.html")) ? DASHBOARD : undefined,
    },
    hooks: {
      log,
      addressOf: (_request, env) => remoteAddress(env),
      curFreshnessDays: () => world.database.transaction("operator", (tx) => curFreshnessDays(tx, world.clock.now())),
      background,
    },
  };
  return {
    api: createApi(apiRuntime),
    resume: async () => {
      // The embedded database is this process's alone; of a shared one another server may be at work.
      if (runtime.dump) await resumeWork(apiRuntime);
    },
    continueWork: () => continueWork(apiRuntime),
    settle,
  };
};

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on one port. Throws an invalid Problem when the port is taken, or the address is not to be had. */
export const listen = (local: LocalApi, port: number, host: string): Promise<RunningServer> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: local.api.fetch, port, hostname: host }, (info: AddressInfo) => {
      resolve({
        url: `http://localhost:${info.port}`,
        close: async () => {
          await new Promise<void>((done) => {
            server.close(() => done());
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          });
          await local.settle();
        },
      });
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE"
          ? `PORT ${port} is in use. Stop what uses it, or set PORT to another one.`
          : `cannot listen on HOST ${host}, PORT ${port}: ${error.message}. Set HOST to an address of this machine, and PORT to one that this user may take.`;
      reject(new Problem("invalid", "INVALID_ARGUMENT", reason, { cause: error }));
    });
  });
