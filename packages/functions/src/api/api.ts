import { missing } from "@commops/core/kernel";
import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { type Callers, callers } from "./caller.ts";
import type { Api, ApiEnv } from "./context.ts";
import { mountDashboard } from "./dashboard.ts";
import { mountDocs } from "./docs.ts";
import { errorAnswer } from "./errors.ts";
import { mountHealth } from "./health.ts";
import { mountOidc } from "./oidc.ts";
import { mountDownloads, signedLinks } from "./links.ts";
import { mountOauthToken } from "./oauth-token.ts";
import { openApiDocument } from "./openapi.ts";
import { entriesOf, type RouteTable } from "./route.ts";
import { routeHandler, type Shell } from "./route-handler.ts";
import { allRoutes } from "./routes/index.ts";
import type { ApiRuntime } from "./runtime.ts";
import { securityHeaders } from "./security-headers.ts";
import { mountSession } from "./session.ts";
import { trace } from "./trace.ts";
import { BASE, routedPath, routePattern } from "./verb-path.ts";

/** Errors of any handler, and paths that nothing answers, in the one error shape. */
const handleErrors = (api: Api, runtime: ApiRuntime): void => {
  api.onError((error, c) => {
    const traceId = c.get("traceId");
    const answer = errorAnswer(error, traceId);
    if (answer.isInternal)
      runtime.hooks.log({ level: "error", message: "request failed", trace_id: traceId, error: error.stack });
    for (const [name, value] of Object.entries(answer.headers)) c.header(name, value);
    return c.json(answer.body, answer.status);
  });
  api.notFound((c) => {
    const { pathname } = new URL(c.req.url);
    const answer = errorAnswer(missing("route", `${c.req.method} ${pathname}`), c.get("traceId"));
    return c.json(answer.body, answer.status);
  });
};

const mountRoutes = (api: Api, runtime: ApiRuntime, shell: Shell, table: RouteTable): void => {
  // A brace sorts after every letter: `/x/summary` is asked before `/x/{id}`.
  for (const entry of entriesOf(table).toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    api.on(entry.method, routePattern(entry.path), routeHandler(runtime, shell, entry));
};

const mountDescription = (api: Api, runtime: ApiRuntime, known: Callers, table: RouteTable): void => {
  let description: string | undefined;
  api.get(`${BASE}/openapi.json`, (c) => {
    known.admit(c);
    description ??= JSON.stringify(openApiDocument(entriesOf(table), runtime.settings.version));
    return c.body(description, 200, { "content-type": "application/json" });
  });
};

/** The whole HTTP surface: API, description, reference, sign-in and the dashboard's files. */
export const createApi = (runtime: ApiRuntime, table: RouteTable = allRoutes): Api => {
  const { settings } = runtime;
  const api = new Hono<ApiEnv>({ getPath: (request) => routedPath(getPath(request)) });
  handleErrors(api, runtime);
  api.use(trace(runtime.hooks));
  api.use(securityHeaders(settings.isSecureCookie));
  api.use(`${BASE}/*`, async (c, next) => {
    await next();
    c.header("cache-control", "no-store");
  });
  const known = callers(runtime);
  mountHealth(api, runtime);
  mountDescription(api, runtime, known, table);
  mountSession(api, runtime, known);
  mountOauthToken(api, runtime, known);
  if (settings.oidc) mountOidc(api, runtime, settings.oidc, known);
  mountDocs(api);
  const links = signedLinks(runtime);
  mountRoutes(api, runtime, { known, links }, table);
  mountDownloads(api, runtime, links, table);
  if (settings.dashboardFolder !== undefined) mountDashboard(api, settings.dashboardFolder);
  return api;
};
