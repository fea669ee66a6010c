import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";
import type { OidcSettings } from "../src/api/runtime.ts";

export interface TestPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly commops_role?: string;
}

export interface IdentityProvider {
  readonly settings: OidcSettings;
  /** Who is at the keyboard. */
  person: TestPerson;
  close(): Promise<void>;
}

const SCOPE = "openid email profile";
const REDIRECT = "http://localhost/auth/callback";

/** An identity provider on the loopback interface; whoever is at the keyboard agrees to everything. */
export const identityProvider = async (): Promise<IdentityProvider> => {
  let handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => undefined;
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const settings: OidcSettings = {
    issuer,
    clientId: "commops",
    clientSecret: "a secret of the test",
    redirectUri: REDIRECT,
    roleClaim: "commops_role",
    isLoopback: true,
  };
  const running: IdentityProvider = {
    settings,
    person: { sub: "nobody" },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  const provider = new Provider(issuer, {
    clients: [{ client_id: settings.clientId, client_secret: settings.clientSecret, redirect_uris: [REDIRECT] }],
    claims: { openid: ["sub", "commops_role"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["key of the test"] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => running.person }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  });
  const callback = provider.callback();
  handle = async (request, response) => {
    if (request.url?.startsWith("/interaction/") !== true) return callback(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const accountId = running.person.sub;
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(SCOPE);
    return provider.interactionFinished(request, response, {
      login: { accountId },
      consent: { grantId: await grant.save() },
    });
  };
  return running;
};
