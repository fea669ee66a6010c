import { curFreshnessDays } from "@commops/core/cost";
import { createApi } from "../api/api.ts";
import type { Api } from "../api/context.ts";
import { runningWork } from "../api/running-work.ts";
import type { ApiHooks } from "../api/runtime.ts";
import type { AwsRuntime } from "../runtime/aws.ts";
import { version } from "../version.ts";
import type { HttpEvent } from "./http-event.ts";

/** What is left of an invocation's time for the answer itself. */
const RESERVE_MS = 2_000;

/** What Lambda tells of an invocation, as far as it is needed. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

export interface AwsApi {
  readonly api: Api;
  /** To be awaited before an invocation ends, since the container stands still afterwards: waits for work behind the answer, as long as there is time. */
  finish(context: Invocation): Promise<void>;
}

/** Who called, as the gateway saw it: no header of the caller counts. */
const sourceAddress = (env: unknown): string => {
  const { event } = (env ?? {}) as { readonly event?: HttpEvent };
  return event?.requestContext.http.sourceIp ?? "unknown";
};

/** The API over the runtime of a function. The dashboard's files and uploads are served elsewhere. */
export const awsApi = ({ world, settings, files }: AwsRuntime, log: ApiHooks["log"]): AwsApi => {
  const { background, settle } = runningWork(log);
  const api = createApi({
    world,
    settings: {
      version,
      rateLimit: settings.rateLimit,
      isSecureCookie: settings.isSecureCookie,
      oidc: settings.oidc,
      uploadFolder: undefined,
      mayReadLocalPaths: false,
      publicUrl: settings.publicUrl,
      linkSecret: settings.linkSecret,
      dashboardFolder: undefined,
    },
    hooks: {
      log,
      addressOf: (_request, env) => sourceAddress(env),
      curFreshnessDays: () => world.database.transaction("operator", (tx) => curFreshnessDays(tx, world.clock.now())),
      background,
    },
  });
  return {
    api,
    finish: async (context) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
      });
      await Promise.race([settle(), late]);
      clearTimeout(timer);
      await files.clear();
    },
  };
};
