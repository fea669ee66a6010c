import { forbidden, missing, precondition, type Problem } from "@commops/core/kernel";
import { type Actor, type Call, checkPermission } from "@commops/core/record";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { startWork, workAgain } from "./background.ts";
import type { Callers } from "./caller.ts";
import type { ApiContext } from "./context.ts";
import type { Links } from "./links.ts";
import { idempotencyKeyOf, ifMatchOf, inputOf, pathOf, requestParts, staleVersion } from "./request-parts.ts";
import type { RequestParts, Route, RouteEntry } from "./route.ts";
import type { ApiRuntime } from "./runtime.ts";
import { sendStream } from "./stream.ts";
import { uploadedParts } from "./upload.ts";

const takes = (route: Route, field: string): boolean => {
  const schema = route.useCase.input;
  return schema instanceof z.ZodObject && Object.hasOwn(schema.shape, field);
};

/** Approving needs a person, whatever the role: said before the scope is missed, so that the message names the rule. */
const admit = (route: Route, actor: Actor): void => {
  const { needs, title } = route.useCase;
  if (actor.person === undefined && needs.every((scope) => scope.endsWith(":approve")))
    throw forbidden(
      "a token without a person can never approve. Sign in, or use a token that was issued for a person.",
    );
  checkPermission(actor, needs, title);
  if (route.isOperatorsOnly === true && actor.tenantId !== undefined)
    throw forbidden(`${title} is the operator's own: a tenant's token does not reach it.`);
};

const onlyProvider = (): Problem =>
  precondition("an identity provider signs people in here (OIDC_ISSUER). Get a token from it, or add a client.");

/**
 * A tenant's own people reach one tenant: what they leave out is theirs, and another tenant is not there at all. The database
 * refuses foreign rows as well; this also covers rows that belong to no tenant and writes that name one.
 */
const inOwnTenant = (route: Route, actor: Actor, input: unknown): unknown => {
  const { tenantId } = actor;
  if (tenantId === undefined || typeof input !== "object" || input === null) return input;
  const named = "tenant_id" in input ? input.tenant_id : undefined;
  if (named === undefined || named === "") return takes(route, "tenant_id") ? { ...input, tenant_id: tenantId } : input;
  if (named !== tenantId) throw missing("tenant", typeof named === "string" ? named : JSON.stringify(named));
  return input;
};

const etagOf = (route: Route, result: unknown): string | undefined => {
  const version = route.etag?.(result);
  return version === undefined ? undefined : String(version);
};

/** If-Match: passed on to a use case that takes `if_revision`, else compared with what is there at present. */
const withVersion = async (c: ApiContext, entry: RouteEntry, call: Call, input: unknown): Promise<unknown> => {
  const { route } = entry;
  if (entry.method === "GET" || (route.etag === undefined && !takes(route, "if_revision"))) return input;
  const expected = ifMatchOf(c);
  if (takes(route, "if_revision")) {
    if (expected !== undefined && !/^\d{1,9}$/.test(expected)) throw staleVersion(`"${expected}"`);
    return { ...Object(input), if_revision: expected === undefined ? undefined : Number(expected) };
  }
  if (expected === undefined || !route.present) return input;
  const shown = await route.present.useCase.run(call, pathOf(c, entry)).catch(() => undefined);
  if (shown === undefined || etagOf(route.present, shown) !== expected) throw staleVersion(`"${expected}"`);
  return input;
};

const readParts = (c: ApiContext, runtime: ApiRuntime, entry: RouteEntry): Promise<RequestParts> =>
  entry.route.takesFiles === true ? uploadedParts(c, runtime.settings, entry) : requestParts(c, entry);

const respond = (c: ApiContext, route: Route, result: unknown): Response => {
  const version = etagOf(route, result);
  if (version !== undefined) c.header("etag", `"${version}"`);
  if (c.req.method === "GET" && version !== undefined && c.req.header("if-none-match") === `"${version}"`)
    return c.body(null, 304);
  const status = route.isCreated?.(result) === true ? 201 : (route.status ?? 200);
  const body = JSON.stringify(route.show === undefined ? result : route.show(result));
  return c.body(body, status as ContentfulStatusCode, { "content-type": "application/json" });
};

interface At {
  readonly runtime: ApiRuntime;
  readonly shell: Shell;
  readonly call: Call;
}

/** What all routes share. */
export interface Shell {
  readonly known: Callers;
  readonly links: Links;
}

const answer = async (c: ApiContext, at: At, { route }: RouteEntry, input: unknown): Promise<Response> => {
  const { runtime, shell, call } = at;
  if (route.reply === "work") return respond(c, route, await startWork(runtime, call, route.useCase, input));
  const result = await route.useCase.run(call, input);
  if (route.reply === "stream") return sendStream(c, result);
  if (route.reply === "link") return respond(c, route, shell.links.make(c, route, call.actor, input));
  if (route.reply === "again") workAgain(runtime, result);
  return respond(c, route, result);
};

/** What a route does with a request: who, limits, permission, input, use case, answer. */
export const routeHandler =
  (runtime: ApiRuntime, shell: Shell, entry: RouteEntry) =>
  async (c: ApiContext): Promise<Response> => {
    const { route } = entry;
    const { actor } = await shell.known.require(c);
    admit(route, actor);
    if (route.isWithoutProvider === true && runtime.settings.oidc !== undefined) throw onlyProvider();
    const idempotencyKey = route.isSecret === true ? undefined : idempotencyKeyOf(c);
    const call: Call = { world: runtime.world, actor, traceId: c.get("traceId"), idempotencyKey };
    const parts = await readParts(c, runtime, entry);
    const input = await withVersion(c, entry, call, inOwnTenant(route, actor, inputOf(route, parts)));
    return answer(c, { runtime, shell, call }, entry, input);
  };
