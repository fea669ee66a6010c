import { SCOPES } from "@commops/core/record";
import { z } from "zod";
import { shellPaths } from "./openapi-shell.ts";
import type { Route, RouteEntry } from "./route.ts";
import { BASE, pathParameters } from "./verb-path.ts";

/** A part of an OpenAPI document, or a JSON schema in it. */
export type Part = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** Fields that HTTP carries elsewhere: If-Match. */
const OUTSIDE_BODY = new Set(["if_revision"]);

/** The JSON schema of what a zod schema takes in (JSON Schema 2020-12, as OpenAPI 3.1 uses it). */
export const jsonSchemaOf = (schema: z.ZodType): Part => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return rest;
};

const objectOf = (schema: Part): ObjectSchema | undefined => {
  const parsed = z
    .object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()).default([]) })
    .safeParse(schema);
  return parsed.success ? parsed.data : undefined;
};

const parametersOf = (entry: RouteEntry, input: ObjectSchema | undefined): Part[] => {
  const inPath = pathParameters(entry.path);
  const path = inPath.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: input?.properties[name] ?? { type: "string" },
  }));
  const isRead = entry.method === "GET" || entry.method === "DELETE";
  const query = Object.entries(isRead ? (input?.properties ?? {}) : {})
    .filter(([name]) => !inPath.includes(name) && !OUTSIDE_BODY.has(name))
    .map(([name, schema]) => ({ name, in: "query", required: input?.required.includes(name) ?? false, schema }));
  const refer = (name: string): Part => ({ $ref: `#/components/parameters/${name}` });
  const headers = [
    ...(entry.method === "POST" && entry.route.isSecret !== true ? [refer("IdempotencyKey")] : []),
    ...((entry.route.etag !== undefined || input?.properties["if_revision"] !== undefined) && entry.method !== "GET"
      ? [refer("IfMatch")]
      : []),
  ];
  return [...path, ...query, ...headers];
};

/** Files, or the same fields with the path of what lies on the server's machine. */
const filesOf = (schema: Part, properties: Readonly<Record<string, unknown>>): Part => {
  const { path: _, ...fields } = properties;
  const file = { type: "array", items: { type: "string", contentMediaType: "application/octet-stream" } };
  return {
    requestBody: {
      required: true,
      content: {
        "multipart/form-data": { schema: { type: "object", properties: { ...fields, file }, required: ["file"] } },
        "application/json": { schema: { ...schema, properties } },
      },
    },
  };
};

const bodyOf = (entry: RouteEntry, schema: Part, input: ObjectSchema | undefined): Part => {
  if (entry.method === "GET" || entry.method === "DELETE") return {};
  const outside = new Set([...pathParameters(entry.path), ...OUTSIDE_BODY]);
  if (!input) return { requestBody: { required: true, content: { "application/json": { schema } } } };
  const properties = Object.fromEntries(Object.entries(input.properties).filter(([name]) => !outside.has(name)));
  const required = input.required.filter((name) => !outside.has(name));
  if (Object.keys(properties).length === 0) return {};
  if (entry.route.takesFiles === true) return filesOf(schema, properties);
  const body = { ...schema, properties, ...(required.length > 0 ? { required } : { required: undefined }) };
  return { requestBody: { required: required.length > 0, content: { "application/json": { schema: body } } } };
};

const answerOf = (route: Route): Part => {
  const statuses = [route.status ?? 200, ...(route.isCreated ? [201] : [])];
  if (route.reply === "stream")
    return { "200": { description: "The file", content: { "text/csv": { schema: { type: "string" } } } } };
  const schema = jsonSchemaOf(route.answer ?? z.looseObject({}));
  const answer = { description: "Done", content: { "application/json": { schema } } };
  return Object.fromEntries(statuses.map((status) => [String(status), answer]));
};

const operationOf = (entry: RouteEntry): Part => {
  const { route, path } = entry;
  const schema = jsonSchemaOf(route.useCase.input);
  const input = objectOf(schema);
  return {
    operationId: route.useCase.title,
    summary: route.summary,
    tags: [path.slice(1).split(/[/:]/)[0] ?? ""],
    security: [...route.useCase.needs.map((scope) => ({ oauth: [scope] })), { session: [] }],
    parameters: parametersOf(entry, input),
    ...bodyOf(entry, schema, input),
    responses: { ...answerOf(route), default: { $ref: "#/components/responses/Error" } },
  };
};

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), reason: z.string() })),
    trace_id: z.string(),
  }),
});

const components: Part = {
  securitySchemes: {
    oauth: {
      type: "oauth2",
      flows: {
        clientCredentials: {
          tokenUrl: "/oauth/token",
          scopes: Object.fromEntries(SCOPES.map((scope) => [scope, scope])),
        },
      },
    },
    session: { type: "apiKey", in: "cookie", name: "commops_session", description: "Writes carry x-csrf-token." },
  },
  parameters: {
    IdempotencyKey: {
      name: "Idempotency-Key",
      in: "header",
      description: "The same key and body give the first answer again for 24 hours.",
      schema: { type: "string", maxLength: 255 },
    },
    IfMatch: {
      name: "If-Match",
      in: "header",
      description: "The ETag that was read; 412 when the object has changed since.",
      schema: { type: "string" },
    },
  },
  schemas: { Error: jsonSchemaOf(errorSchema) },
  responses: {
    Error: {
      description: "What is wrong, where, and what to do",
      headers: { "x-trace-id": { schema: { type: "string" } } },
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    },
  },
};

/** The OpenAPI 3.1 description, made from the schemas that validate. */
export const openApiDocument = (entries: readonly RouteEntry[], version: string): Part => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const entry of entries) (paths[entry.path] ??= {})[entry.method.toLowerCase()] = operationOf(entry);
  for (const [path, operations] of Object.entries(shellPaths)) paths[path] = { ...paths[path], ...operations };
  return {
    openapi: "3.1.0",
    info: {
      title: "Commercial-Ops",
      version,
      description: "Cost and usage in; invoices, payments and evidence out. Additive within the major version.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: BASE }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components,
  };
};
