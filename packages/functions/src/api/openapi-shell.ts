import { z } from "zod";
import { signInInput } from "./session.ts";

const schemaOf = (schema: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
};

const answer = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema: schemaOf(schema) } },
});

const health = z.object({
  status: z.enum(["ok", "down"]),
  cur_freshness_days: z.number().nullable(),
  version: z.string(),
});

const who = z.object({
  user_name: z.string().nullable(),
  name: z.string(),
  actor_id: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  tenant_id: z.string().nullable(),
  is_person: z.boolean(),
  csrf_token: z.string().nullable(),
  expires_at: z.iso.datetime(),
});

const opened = z.object({ csrf_token: z.string(), expires_at: z.iso.datetime() });

const tokenRequest = z.object({
  grant_type: z.literal("client_credentials"),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});
const tokenAnswer = z.object({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.number() });

const failure = { default: { $ref: "#/components/responses/Error" } };
const open: readonly unknown[] = [];
const json = (schema: z.ZodType) => ({ "application/json": { schema: schemaOf(schema) } });

/** What the shell answers itself: no use case stands behind these. */
export const shellPaths: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/health": {
    get: {
      operationId: "health",
      summary: "Whether everything is up, and how old the newest AWS cost data is",
      tags: ["health"],
      security: open,
      responses: { "200": answer("Up", health), "503": answer("The database does not answer", health) },
    },
  },
  "/session": {
    get: {
      operationId: "session.show",
      summary: "Who the caller is, and the CSRF token of the session",
      tags: ["session"],
      responses: { "200": answer("The caller", who), ...failure },
    },
    post: {
      operationId: "session.open",
      summary: "Signs a person in; the answer sets the session cookie",
      tags: ["session"],
      security: open,
      requestBody: { required: true, content: json(signInInput) },
      responses: { "201": answer("Signed in", opened), ...failure },
    },
    delete: {
      operationId: "session.close",
      summary: "Signs out",
      tags: ["session"],
      responses: { "204": { description: "Signed out" }, ...failure },
    },
  },
  "/oauth/token": {
    post: {
      operationId: "oauth.token",
      summary:
        "OAuth 2.0 client_credentials: a token for a machine; the client authenticates in the body or by HTTP Basic",
      tags: ["oauth"],
      security: open,
      requestBody: {
        required: true,
        content: { "application/x-www-form-urlencoded": { schema: schemaOf(tokenRequest) }, ...json(tokenRequest) },
      },
      responses: { "200": answer("A token", tokenAnswer), ...failure },
    },
  },
};
