import type { Api } from "./context.ts";
import type { ApiRuntime } from "./runtime.ts";
import { BASE } from "./verb-path.ts";

/** `GET /health`: 200 when everything is up, 503 when the database does not answer. No limit: probes must not be turned away. */
export const mountHealth = (api: Api, runtime: ApiRuntime): void => {
  api.get(`${BASE}/health`, async (c) => {
    const { version } = runtime.settings;
    try {
      const days = await runtime.hooks.curFreshnessDays();
      return c.json({ status: "ok", cur_freshness_days: days ?? null, version });
    } catch (error) {
      runtime.hooks.log({
        level: "error",
        message: "health",
        trace_id: c.get("traceId"),
        error: error instanceof Error ? error.message : String(error),
      });
      return c.json({ status: "down", cur_freshness_days: null, version }, 503);
    }
  });
};
