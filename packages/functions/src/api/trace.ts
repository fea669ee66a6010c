import { randomUUID } from "node:crypto";
import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./context.ts";
import type { ApiHooks } from "./runtime.ts";

const GIVEN = /^[A-Za-z0-9-]{8,64}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's trace id (x-trace-id, or W3C traceparent), or a fresh one. */
const traceIdOf = (headers: Headers): string => {
  const given = headers.get("x-trace-id");
  if (given !== null && GIVEN.test(given)) return given;
  return TRACEPARENT.exec(headers.get("traceparent") ?? "")?.[1] ?? randomUUID().replaceAll("-", "");
};

/** A signed link is as good as a token while it lasts: it stays out of the log. */
const withoutSecret = (path: string): string => path.replace(/^(\/downloads\/).+/, "$1...");

/** Gives every request a trace id, every answer the header, and the log one line. */
export const trace = (hooks: ApiHooks) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const traceId = traceIdOf(c.req.raw.headers);
    c.set("traceId", traceId);
    const start = performance.now();
    await next();
    c.header("x-trace-id", traceId);
    const actor = c.get("identity")?.actor;
    hooks.log({
      level: "info",
      message: "request",
      trace_id: traceId,
      method: c.req.method,
      path: withoutSecret(new URL(c.req.url).pathname),
      status: c.res.status,
      duration_ms: Math.round(performance.now() - start),
      actor_id: actor?.id,
      tenant_id: actor?.tenantId,
    });
  });
