import { forbidden, invalid, missing, Problem } from "@commops/core/kernel";
import { type Actor, type Call, may } from "@commops/core/record";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Callers } from "./caller.ts";
import type { ApiContext } from "./context.ts";
import { DEFAULT_MAX_BYTES, readJson } from "./request-body.ts";
import type { RequestParts, Route, RouteEntry } from "./route.ts";
import type { ApiRuntime } from "./runtime.ts";
import { pathParameters } from "./verb-path.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;

const idempotencyKeyOf = (c: ApiContext): string | undefined => {
  const key = c.req.header("idempotency-key");
  if (key !== undefined && !KEY.test(key)) throw invalid("Idempotency-Key", "1 to 255 visible ASCII characters");
  return key;
};

/** The revision in `If-Match: "3"`; `*` and none ask for nothing. */
const revisionOf = (c: ApiContext): number | undefined => {
  const header = c.req.header("if-match")?.trim();
  if (header === undefined || header === "*") return undefined;
  const revision = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (revision === undefined)
    throw new Problem(
      "version",
      "FAILED_PRECONDITION",
      `If-Match ${header} is no ETag of this API. Read the object again.`,
    );
  return Number(revision);
};

const queryOf = (c: ApiContext): RequestParts["query"] =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? "")]),
  );

/** Reads a request without judging it. */
export const requestParts = async (c: ApiContext, entry: RouteEntry): Promise<RequestParts> => {
  const hasBody = entry.method !== "GET" && entry.method !== "DELETE";
  return {
    path: Object.fromEntries(pathParameters(entry.path).map((name) => [name, c.req.param(name) ?? ""])),
    query: queryOf(c),
    body: hasBody ? await readJson(c.req.raw, entry.route.maxBytes ?? DEFAULT_MAX_BYTES) : {},
    revision: entry.route.revision === undefined ? undefined : revisionOf(c),
  };
};

const inputOf = (route: Route, parts: RequestParts): unknown =>
  route.input?.(parts) ?? {
    ...parts.query,
    ...parts.body,
    ...parts.path,
    ...(parts.revision === undefined ? {} : { if_revision: parts.revision }),
  };

/**
 * A tenant's own people reach one tenant: what they leave out is theirs, and another tenant is not there at all. The database
 * refuses foreign rows as well; this also covers rows that belong to no tenant and writes that name one.
 */
export const inOwnTenant = (route: Pick<Route, "useCase">, actor: Actor, input: unknown): unknown => {
  const { tenantId } = actor;
  const { input: schema, needs } = route.useCase;
  const takesTenant = schema instanceof z.ZodObject && Object.hasOwn(schema.shape, "tenant_id");
  if (tenantId === undefined || !needs.some((scope) => may(actor, scope))) return input;
  if (typeof input !== "object" || input === null) return input;
  const named = "tenant_id" in input ? input.tenant_id : undefined;
  if (named === undefined || named === "") return takesTenant ? { ...input, tenant_id: tenantId } : input;
  if (named !== tenantId) throw missing("tenant", typeof named === "string" ? named : JSON.stringify(named));
  return input;
};

/** Approving needs a person, whatever the role: said before the scope is missed, so that the message names the rule. */
const requirePerson = (route: Route, actor: Actor): void => {
  const { needs } = route.useCase;
  if (actor.person === undefined && needs.length > 0 && needs.every((scope) => scope.endsWith(":approve")))
    throw forbidden(
      "a token without a person can never approve. Sign in, or use a token that was issued for a person.",
    );
};

export const callOf = (runtime: ApiRuntime, c: ApiContext, actor: Actor, keepsAnswer = true): Call => {
  const idempotencyKey = keepsAnswer && c.req.method !== "GET" ? idempotencyKeyOf(c) : undefined;
  return { world: runtime.world, actor, traceId: c.get("traceId"), ...(idempotencyKey ? { idempotencyKey } : {}) };
};

const respond = (c: ApiContext, route: Route, result: unknown): Response => {
  const etag = route.revision === undefined ? undefined : `"${route.revision(result)}"`;
  if (etag !== undefined) c.header("etag", etag);
  if (c.req.method === "GET" && etag !== undefined && c.req.header("if-none-match") === etag) return c.body(null, 304);
  const status = route.isCreated?.(result) === true ? 201 : (route.status ?? 200);
  return c.body(JSON.stringify(result), status as ContentfulStatusCode, { "content-type": "application/json" });
};

/** What a route does with a request: who, limits, input, use case, answer. */
export const routeHandler =
  (runtime: ApiRuntime, known: Callers, entry: RouteEntry) =>
  async (c: ApiContext): Promise<Response> => {
    const { route } = entry;
    const { actor } = await known.require(c);
    requirePerson(route, actor);
    const input = inOwnTenant(route, actor, inputOf(route, await requestParts(c, entry)));
    const result = await route.useCase.run(callOf(runtime, c, actor, route.isSecret !== true), input);
    return respond(c, route, result);
  };
