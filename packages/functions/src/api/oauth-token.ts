import { Problem } from "@commops/core/kernel";
import { exchangeClientSecret } from "@commops/core/tenants";
import type { Callers } from "./caller.ts";
import type { Api, ApiContext } from "./context.ts";
import { readBytes, readJson } from "./request-body.ts";
import type { ApiRuntime } from "./runtime.ts";

const MAX_BYTES = 16_384;

interface TokenRequest {
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

const formDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
};

/** Client id and secret in the Authorization header, form-encoded each (RFC 6749, 2.3.1). */
const basicOf = (c: ApiContext): { id: string; secret: string } | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { id: formDecoded(id), secret: formDecoded(rest.join(":")) };
};

const fieldsOf = async (c: ApiContext): Promise<Readonly<Record<string, unknown>>> => {
  if (/^application\/json\b/i.test(c.req.header("content-type") ?? "")) return readJson(c.req.raw, MAX_BYTES);
  const text = new TextDecoder().decode(await readBytes(c.req.raw, MAX_BYTES));
  return Object.fromEntries(new URLSearchParams(text));
};

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const tokenRequest = async (c: ApiContext): Promise<TokenRequest> => {
  const fields = await fieldsOf(c);
  const basic = basicOf(c);
  return {
    grantType: textOf(fields["grant_type"]),
    clientId: basic?.id ?? textOf(fields["client_id"]),
    clientSecret: basic?.secret ?? textOf(fields["client_secret"]),
  };
};

/** The error answer that OAuth clients understand (RFC 6749, 5.2), with our own beside it. */
const refused = (c: ApiContext, status: 400 | 401, code: string, description: string): Response => {
  if (status === 401) c.header("www-authenticate", 'Basic realm="commops"');
  return c.json({ error: code, error_description: description, trace_id: c.get("traceId") }, status);
};

const exchange = async (c: ApiContext, runtime: ApiRuntime): Promise<Response> => {
  c.header("cache-control", "no-store");
  const { grantType, clientId, clientSecret } = await tokenRequest(c);
  if (grantType !== "client_credentials")
    return refused(c, 400, "unsupported_grant_type", "grant_type must be client_credentials");
  if (clientId === undefined || clientSecret === undefined)
    return refused(c, 400, "invalid_request", "client_id and client_secret are needed, in the body or by HTTP Basic");
  try {
    const ground = { world: runtime.world, traceId: c.get("traceId") };
    const { access_token, expires_in } = await exchangeClientSecret(ground, clientId, clientSecret);
    return c.json({ access_token, token_type: "Bearer", expires_in });
  } catch (error) {
    if (error instanceof Problem && error.kind === "unauthenticated")
      return refused(c, 401, "invalid_client", error.message);
    throw error;
  }
};

/** `POST /oauth/token`: client_credentials for machines. Also below the API's base path. */
export const mountOauthToken = (api: Api, runtime: ApiRuntime, known: Callers): void => {
  for (const path of ["/oauth/token", "/api/v1/oauth/token"])
    api.post(path, (c) => {
      known.admit(c);
      return exchange(c, runtime);
    });
};
