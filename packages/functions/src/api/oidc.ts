import { invalid } from "@commops/core/kernel";
import { type OidcPerson, openOidcSession } from "@commops/core/tenants";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import * as client from "openid-client";
import { z } from "zod";
import type { Callers } from "./caller.ts";
import type { Api, ApiContext } from "./context.ts";
import { unauthenticated } from "./errors.ts";
import type { ApiRuntime, OidcSettings } from "./runtime.ts";
import { setSessionCookie } from "./session.ts";

const MINUTES_TO_SIGN_IN = 10;
const SCOPE = "openid email profile";

/** What must come back as it went out; it waits in a cookie that only this server can be sent. */
const pending = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });
type Pending = z.output<typeof pending>;

const pendingCookie = (isSecure: boolean): string => (isSecure ? "__Host-commops_sign_in" : "commops_sign_in");

/** Only pages of this server: a link must not send people elsewhere once they have signed in. */
const localPage = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(path) ? path : "/";

/** Without TLS only a provider on this same machine is reached. */
const discover = async (settings: OidcSettings): Promise<client.Configuration> =>
  client.discovery(
    new URL(settings.issuer),
    settings.clientId,
    settings.clientSecret,
    settings.clientSecret === undefined ? client.None() : undefined,
    // oxlint-disable-next-line typescript/no-deprecated -- marked by its authors so that it stands out
    settings.isLoopback ? { execute: [client.allowInsecureRequests] } : {},
  );

/** Reads the provider's own description once; a failure is tried again at the next sign-in. */
const provider = (settings: OidcSettings): (() => Promise<client.Configuration>) => {
  let known: Promise<client.Configuration> | undefined;
  return () => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
};

const claimsShape = z.looseObject({
  sub: z.string(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
});

/** The person, from the ID token and, for what that leaves out, from the userinfo endpoint. */
const personOf = async (
  config: client.Configuration,
  settings: OidcSettings,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<OidcPerson> => {
  const identity = claimsShape.parse(tokens.claims());
  const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
  const claims =
    identity.email === undefined && hasUserInfo
      ? { ...identity, ...claimsShape.parse(await client.fetchUserInfo(config, tokens.access_token, identity.sub)) }
      : identity;
  const role = claims[settings.roleClaim];
  return {
    subject: `${settings.issuer} ${claims.sub}`,
    name: claims.preferred_username ?? claims.name ?? claims.sub,
    email: claims.email,
    isEmailVerified: claims.email_verified === true,
    role: typeof role === "string" ? role : undefined,
  };
};

const readPending = (c: ApiContext, cookie: string): Pending => {
  const text = getCookie(c, cookie);
  const parsed = text === undefined ? undefined : pending.safeParse(JSON.parse(text));
  if (parsed?.success !== true)
    throw invalid("state", "this sign-in was not begun here, or took too long. Begin anew at /auth/login.");
  return parsed.data;
};

/** Sign-in at an identity provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 7636). */
export const mountOidc = (api: Api, runtime: ApiRuntime, settings: OidcSettings, known: Callers): void => {
  const configOf = provider(settings);
  const { isSecureCookie } = runtime.settings;
  const cookie = pendingCookie(isSecureCookie);
  const cookieOptions = { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecureCookie } as const;
  api.get("/auth/login", async (c) => {
    known.admit(c);
    const config = await configOf();
    const begun: Pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      returnTo: localPage(c.req.query("return_to")),
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: settings.redirectUri,
      scope: SCOPE,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: "S256",
    });
    setCookie(c, cookie, JSON.stringify(begun), { ...cookieOptions, maxAge: MINUTES_TO_SIGN_IN * 60 });
    return c.redirect(url.href, 302);
  });
  api.get("/auth/callback", async (c) => {
    known.admit(c);
    const begun = readPending(c, cookie);
    deleteCookie(c, cookie, cookieOptions);
    const config = await configOf();
    const current = new URL(settings.redirectUri);
    current.search = new URL(c.req.url).search;
    const tokens = await client
      .authorizationCodeGrant(config, current, {
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        pkceCodeVerifier: begun.verifier,
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : "unknown";
        throw unauthenticated(`the identity provider did not sign you in (${reason}). Begin anew at /auth/login.`);
      });
    const person = await personOf(config, settings, tokens);
    const session = await openOidcSession({ world: runtime.world, traceId: c.get("traceId") }, person);
    setSessionCookie(c, runtime, session);
    return c.redirect(begun.returnTo, 303);
  });
};
