import { forbidden } from "@commops/core/kernel";
import { authenticate, hashToken, type Identity, sameSecret } from "@commops/core/tenants";
import { getCookie } from "hono/cookie";
import type { ApiContext } from "./context.ts";
import { unauthenticated } from "./errors.ts";
import { type Limiter, windowLimiter } from "./limits.ts";
import type { ApiRuntime } from "./runtime.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** `__Host-` binds the cookie to this host over TLS; a browser refuses the prefix on plain HTTP. */
export const sessionCookie = (isSecure: boolean): string => (isSecure ? "__Host-commops_session" : "commops_session");

/** Finds out who calls, and how often they may. */
export interface Callers {
  /** Who calls. Throws unauthenticated when nobody known does, forbidden on a write without its CSRF token, limited beyond the rate. */
  require(c: ApiContext): Promise<Identity>;
  /** Counts a request that needs no caller against its address. */
  admit(c: ApiContext): void;
}

const bearerOf = (c: ApiContext): string | undefined => {
  const header = c.req.header("authorization");
  if (header === undefined) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw unauthenticated("the Authorization header is not of the form: Bearer TOKEN");
  return token;
};

/** A write with a cookie must carry the token that only our own page can read. */
const checkCsrf = (c: ApiContext, identity: Identity): void => {
  if (SAFE.has(c.req.method)) return;
  const given = c.req.header("x-csrf-token");
  if (given === undefined || identity.csrfHash === undefined || !sameSecret(hashToken(given), identity.csrfHash))
    throw forbidden("the x-csrf-token header is missing or is not this session's. Read it from GET /api/v1/session.");
};

export const callers = (runtime: ApiRuntime): Callers => {
  const { world, settings, hooks } = runtime;
  const limiter: Limiter = windowLimiter(world.clock, {
    limit: settings.rateLimit,
    windowMs: 60_000,
    what: "too many requests in this minute",
  });
  const cookieName = sessionCookie(settings.isSecureCookie);
  const count = (c: ApiContext, key: string): void => {
    const allowance = limiter.take(key);
    c.header("RateLimit-Limit", String(allowance.limit));
    c.header("RateLimit-Remaining", String(allowance.remaining));
    c.header("RateLimit-Reset", String(allowance.reset));
  };
  const admit = (c: ApiContext): void => count(c, `address ${hooks.addressOf(c.req.raw, c.env)}`);
  const identify = async (c: ApiContext): Promise<Identity | undefined> => {
    const bearer = bearerOf(c);
    if (bearer !== undefined) return authenticate(world, bearer, "bearer");
    const cookie = getCookie(c, cookieName);
    return cookie === undefined ? undefined : authenticate(world, cookie, "session");
  };
  return {
    admit,
    require: async (c) => {
      const identity = await identify(c);
      if (!identity) {
        admit(c);
        throw unauthenticated(
          "no valid token or session: it is missing, unknown or expired. Send Authorization: Bearer TOKEN, or sign in.",
        );
      }
      c.set("identity", identity);
      count(c, identity.tokenHash);
      if (identity.kind === "session") checkCsrf(c, identity);
      return identity;
    },
  };
};
