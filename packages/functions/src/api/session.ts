import { invalid } from "@commops/core/kernel";
import { closeSession, csrfTokenOf, type Identity, type OpenedSession, openSession } from "@commops/core/tenants";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { type Callers, sessionCookie } from "./caller.ts";
import type { Api, ApiContext } from "./context.ts";
import { unauthenticated } from "./errors.ts";
import { windowLimiter } from "./limits.ts";
import { readJson } from "./request-body.ts";
import type { ApiRuntime } from "./runtime.ts";
import { BASE } from "./verb-path.ts";

const QUARTER_HOUR_MS = 900_000;
/** Failed sign-ins in a quarter of an hour: per name from one address, and per address. */
const FAILURES_PER_NAME = 10;
const FAILURES_PER_ADDRESS = 50;

/** Nobody is known yet who sends this: little is read of it. */
const MAX_BYTES = 16_384;

export const signInInput = z.object({ user_name: z.string().min(1).max(100), password: z.string().min(1).max(200) });

/** Lax, so that people who come back from sign-in or checkout elsewhere are still signed in. */
export const setSessionCookie = (c: ApiContext, runtime: ApiRuntime, session: OpenedSession): void =>
  setCookie(c, sessionCookie(runtime.settings.isSecureCookie), session.token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: runtime.settings.isSecureCookie,
    expires: new Date(session.expiresAt),
  });

/** Who the caller is, as the dashboard needs it. */
const whoAmI = (identity: Identity, csrfToken: string | null) => ({
  user_name: identity.userName ?? null,
  name: identity.displayName,
  actor_id: identity.actor.id,
  role: identity.role,
  scopes: [...identity.actor.scopes],
  tenant_id: identity.actor.tenantId ?? null,
  is_person: identity.actor.person !== undefined,
  csrf_token: csrfToken,
  expires_at: identity.expiresAt.toISOString(),
});

/** A page of another site can make a browser send forms, but not JSON without asking first. */
const requireJson = (c: ApiContext): void => {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
    throw invalid("content-type", "sign-in takes application/json");
};

const signIn = (runtime: ApiRuntime) => {
  const limits = { windowMs: QUARTER_HOUR_MS, what: "too many failed sign-ins" };
  const perName = windowLimiter(runtime.world.clock, { ...limits, limit: FAILURES_PER_NAME });
  const perAddress = windowLimiter(runtime.world.clock, { ...limits, limit: FAILURES_PER_ADDRESS });
  return async (c: ApiContext): Promise<OpenedSession> => {
    requireJson(c);
    const parsed = signInInput.safeParse(await readJson(c.req.raw, MAX_BYTES));
    if (!parsed.success) throw invalid("body", "user_name and password are needed");
    const address = runtime.hooks.addressOf(c.req.raw, c.env);
    const name = `${address} ${parsed.data.user_name}`;
    perAddress.take(address);
    perName.take(name);
    const ground = { world: runtime.world, traceId: c.get("traceId") };
    const session = await openSession(ground, parsed.data.user_name, parsed.data.password);
    perAddress.giveBack(address);
    perName.giveBack(name);
    return session;
  };
};

/** Sign in by password, see who one is, sign out. */
export const mountSession = (api: Api, runtime: ApiRuntime, known: Callers): void => {
  const path = `${BASE}/session`;
  const cookie = sessionCookie(runtime.settings.isSecureCookie);
  const open = signIn(runtime);
  api.post(path, async (c) => {
    known.admit(c);
    if (runtime.settings.oidc)
      throw unauthenticated("people sign in at the identity provider here: open /auth/login in a browser");
    const session = await open(c);
    setSessionCookie(c, runtime, session);
    return c.json({ csrf_token: session.csrfToken, expires_at: session.expiresAt }, 201);
  });
  api.get(path, async (c) => {
    const identity = await known.require(c);
    const token = identity.kind === "session" ? getCookie(c, cookie) : undefined;
    return c.json(whoAmI(identity, token === undefined ? null : csrfTokenOf(token)));
  });
  api.delete(path, async (c) => {
    const identity = await known.require(c);
    await closeSession({ world: runtime.world, traceId: c.get("traceId") }, identity.tokenHash);
    deleteCookie(c, cookie, { path: "/", secure: runtime.settings.isSecureCookie });
    return c.body(null, 204);
  });
};
