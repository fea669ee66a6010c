import { readFileSync, writeFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "./openapi.ts";
import { entriesOf } from "./route.ts";
import { allRoutes } from "./routes/index.ts";

const KEPT = new URL("../../openapi.json", import.meta.url);
const document = JSON.parse(JSON.stringify(openApiDocument(entriesOf(allRoutes), "1"))) as Record<string, unknown>;

const operations = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))) })
  .parse(document);

test("the description is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test("every operation has its own id", () => {
  const ids = Object.values(operations.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => operation.operationId),
  );
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test("a path parameter is described where the path names it", () => {
  for (const [path, methods] of Object.entries(operations.paths))
    for (const operation of Object.values(methods)) {
      const parameters = z.array(z.looseObject({ in: z.string().optional(), name: z.string().optional() })).default([]);
      const named = parameters
        .parse(operation["parameters"])
        .filter((parameter) => parameter.in === "path")
        .map((parameter) => parameter.name);
      expect({ path, named }).toEqual({ path, named: [...path.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1]) });
    }
});

const schemaShape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).default([]),
});

/** Paths of all fields of a schema, `a.b[].c`; those that must be sent end in `!`. */
const fieldsOf = (schema: unknown, path = ""): string[] => {
  const parsed = schemaShape.safeParse(schema);
  if (!parsed.success) return [];
  const { properties, required, items, anyOf } = parsed.data;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      `${path}${name}`,
      ...(required.includes(name) ? [`${path}${name}!`] : []),
      ...fieldsOf(field, `${path}${name}.`),
    ]),
    ...fieldsOf(items, `${path}[].`),
    ...anyOf.flatMap((choice) => fieldsOf(choice, path)),
  ];
};

const content = z.object({ content: z.object({ "application/json": z.object({ schema: z.unknown().optional() }) }) });
const operationShape = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string().optional(), required: z.boolean().default(false) })).default([]),
  requestBody: content.optional(),
  responses: z.record(z.string(), z.unknown()),
});

/** What an operation takes and answers, fact by fact. */
const factsOf = (operation: unknown): { takes: string[]; answers: string[] } => {
  const { parameters, requestBody, responses } = operationShape.parse(operation);
  return {
    takes: [
      ...parameters.flatMap(({ name = "", required }) => [name, ...(required ? [`${name}!`] : [])]),
      ...fieldsOf(requestBody?.content["application/json"].schema),
    ],
    answers: Object.entries(responses).flatMap(([status, answer]) => {
      const parsed = content.safeParse(answer);
      const fields = parsed.success ? fieldsOf(parsed.data.content["application/json"].schema) : [];
      return [status, ...fields.filter((field) => !field.endsWith("!")).map((field) => `${status} ${field}`)];
    }),
  };
};

type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a client may rely on and is gone, or must send from now on. */
const broken = (before: Paths, after: Paths): string[] =>
  Object.entries(before).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const next = after[path]?.[method];
      if (next === undefined) return [`${name} is gone`];
      const [old, now] = [factsOf(operation), factsOf(next)];
      const gone = (was: string[], is: string[]) => was.filter((fact) => !fact.endsWith("!") && !is.includes(fact));
      return [
        ...gone(old.takes, now.takes).map((fact) => `${name} takes ${fact} no more`),
        ...gone(old.answers, now.answers).map((fact) => `${name} answers ${fact} no more`),
        ...now.takes
          .filter((fact) => fact.endsWith("!") && !old.takes.includes(fact))
          .map((fact) => `${name} needs ${fact}`),
      ];
    }),
  );

test("removed routes, removed fields and newly required fields are told from additions", () => {
  const operation = (fields: Record<string, unknown>, required: string[], answer: Record<string, unknown>) => ({
    requestBody: { content: { "application/json": { schema: { properties: fields, required } } } },
    responses: { "200": { content: { "application/json": { schema: { properties: answer } } } } },
  });
  const before = { "/a": { get: operation({ x: {} }, [], { list: { items: { properties: { id: {} } } } }) } };
  expect(
    broken(before, {
      "/a": { get: operation({ x: {}, y: {} }, [], { list: { items: { properties: { id: {}, more: {} } } } }) },
    }),
  ).toEqual([]);
  expect(broken(before, {})).toEqual(["GET /a is gone"]);
  expect(broken(before, { "/a": { get: operation({ x: {} }, ["x"], { list: {} }) } })).toEqual([
    "GET /a answers 200 list.[].id no more",
    "GET /a needs x!",
  ]);
});

test("the description changes by addition only; UPDATE_OPENAPI=1 writes down what was added", () => {
  const kept = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(readFileSync(KEPT, "utf8")));
  expect(broken(kept.paths, operations.paths)).toEqual([]);
  if (process.env["UPDATE_OPENAPI"] === "1") writeFileSync(KEPT, `${JSON.stringify(document, null, 2)}\n`);
  else expect(kept, "run UPDATE_OPENAPI=1 npx vitest run packages/functions/src/api/openapi.test.ts").toEqual(document);
});
