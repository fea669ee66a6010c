import { missing, Problem } from "@commops/core/kernel";
import { action, view } from "@commops/core/record";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type TestApi, testApi } from "../../testing/api.ts";
import { on, routes } from "./route.ts";

const ran: string[] = [];
const seen: unknown[] = [];
const probe = (title: string) =>
  view(title, { needs: "tenant:read", input: z.looseObject({}) }, async (_door, input) => {
    ran.push(title);
    seen.push(input);
    return { ran: title };
  });
const failing = (error: Error) =>
  view("probe.fail", { needs: "tenant:read", input: z.object({}) }, () => Promise.reject(error));

const table = routes({
  "GET /things/{thing_id}": on(probe("thing.show"), "Shows a thing"),
  "POST /things/{thing_id}": on(probe("thing.change"), "Changes a thing"),
  "POST /things": on(probe("thing.create"), "Makes a thing", { status: 201 }),
  "POST /things/{thing_id}:approve": on(probe("thing.approve"), "Approves a thing"),
  "POST /things/{thing_id}:send-back": on(probe("thing.send-back"), "Sends a thing back"),
  "POST /things:approve": on(probe("things.approve"), "Approves many"),
  "POST /things/{thing_id}/parts:sort": on(probe("parts.sort"), "Sorts parts"),
  "GET /missing": on(failing(missing("thing", "T-1")), "Is not there"),
  "GET /broken": on(failing(new TypeError("secret of the house")), "Breaks"),
  "GET /busy": on(failing(new Problem("transient", "INTERNAL", "busy; try again")), "Is busy"),
  "POST /count": on(
    action("probe.count", { needs: "tenant:write", input: z.object({ note: z.string() }) }, (door, input) =>
      door.save({ objectType: "probe", objectId: input.note }, async () => ({ id: door.clock.id(), note: input.note })),
    ),
    "Counts",
    { status: 201 },
  ),
  "PUT /versions/{id}": on(
    view(
      "probe.version",
      { needs: "tenant:read", input: z.object({ if_revision: z.number().optional() }) },
      async (_, input) => {
        if (input.if_revision !== undefined && input.if_revision !== 3)
          throw new Problem("version", "FAILED_PRECONDITION", "it has changed since; read it again");
        return { revision: 3 };
      },
    ),
    "Has a version",
    { etag: (result) => result.revision },
  ),
  "POST /strict": on(
    view(
      "probe.strict",
      { needs: "tenant:read", input: z.object({ name: z.string().min(2) }) },
      async (_, input) => input,
    ),
    "Checks its input",
  ),
});

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await testApi({}, table);
  token = await api.token("billing_operator");
});
afterAll(() => api.close());

describe("custom verbs", () => {
  test.each([
    ["POST /things/T-1:approve", "thing.approve", { thing_id: "T-1" }],
    ["POST /things/T-1:send-back", "thing.send-back", { thing_id: "T-1" }],
    ["POST /things:approve", "things.approve", {}],
    ["POST /things/T-1/parts:sort", "parts.sort", { thing_id: "T-1" }],
    ["POST /things/T-1", "thing.change", { thing_id: "T-1" }],
    ["POST /things", "thing.create", {}],
  ])("%s runs %s", async (route, title, input) => {
    ran.length = 0;
    const answer = await api.send(route, { token, body: {} });
    expect(answer.body).toEqual({ ran: title });
    expect(ran).toEqual([title]);
    expect(seen.at(-1)).toEqual(input);
  });

  test.each([
    "POST /things/T-1:unknown",
    "GET /things/T-1:approve",
    "POST /@approve/things/T-1",
    "GET /@approve/things/T-1",
  ])("%s runs nothing", async (route) => {
    ran.length = 0;
    expect(await api.send(route, { token })).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
    expect(ran).toEqual([]);
  });

  test("an encoded colon belongs to the id", async () => {
    await api.send("POST /things/T-1%3Aapprove", { token, body: {} });
    expect(seen.at(-1)).toEqual({ thing_id: "T-1:approve" });
  });
});

describe("errors", () => {
  test("an error has code, message, details and the trace id of the answer", async () => {
    const answer = await api.send("POST /strict", { token, body: { name: "x" } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: { code: "INVALID_ARGUMENT", details: [{ field: "name" }], trace_id: answer.headers.get("x-trace-id") },
      },
    });
  });

  test.each([
    ["GET /missing", 404, "NOT_FOUND"],
    ["GET /nowhere", 404, "NOT_FOUND"],
    ["DELETE /things/T-1", 404, "NOT_FOUND"],
    ["GET /busy", 503, "INTERNAL"],
  ])("%s answers %i %s", async (route, status, code) => {
    expect(await api.send(route, { token })).toMatchObject({ status, body: { error: { code } } });
  });

  test("a fault of ours shows nothing of itself, and is in the log with its trace id", async () => {
    const answer = await api.send("GET /broken", { token });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain("secret of the house");
    const line = api.log.find((entry) => entry.message === "request failed");
    expect(line).toMatchObject({ level: "error", trace_id: answer.headers.get("x-trace-id") });
    expect(String(line?.["error"])).toContain("secret of the house");
  });

  test.each([
    "{",
    "[1]",
    '"text"',
    `${"[".repeat(40)}${"]".repeat(40)}`,
    `{"a":${'{"a":'.repeat(40)}1${"}".repeat(41)}`,
  ])("the body %s is refused as malformed", async (body) => {
    expect(await api.send("POST /things", { token, body })).toMatchObject({
      status: 400,
      body: { error: { code: "INVALID_ARGUMENT", details: [{ field: "body" }] } },
    });
  });

  test.each([
    ["POST /things", '{"a":"x\\u0000"}'],
    ["POST /things", '{"x\\u0000":1}'],
    ["POST /things", '{"a":"\\ud800"}'],
    ["GET /things/x%00", undefined],
    ["GET /things/x?filter=%00", undefined],
    ["POST /things", Buffer.from([0x7b, 0xff, 0x7d]).toString("latin1")],
  ])("%s with text that cannot be stored is refused, not our fault: %s", async (route, body) => {
    expect((await api.send(route, { token, ...(body === undefined ? {} : { body }) })).status).toBe(400);
  });

  test("a path that is no UTF-8 is no fault of ours", async () => {
    expect((await api.send("GET /things/%E0%A4%A", { token })).status).toBeLessThan(500);
  });

  test("a body beyond the limit is refused", async () => {
    const answer = await api.send("POST /things", { token, body: { text: "x".repeat(1024 * 1024) } });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: "INVALID_ARGUMENT" } } });
  });

  test("unknown request fields are ignored", async () => {
    expect(await api.send("POST /strict", { token, body: { name: "Ada", more: 1 } })).toMatchObject({
      status: 200,
      body: { name: "Ada" },
    });
  });
});

test("the trace id of the caller is kept, one that is no trace id is not", async () => {
  const given = await api.send("GET /health", { headers: { "x-trace-id": "abcdef-123456" } });
  expect(given.headers.get("x-trace-id")).toBe("abcdef-123456");
  const bad = await api.send("GET /health", { headers: { "x-trace-id": "a b\tc" } });
  expect(bad.headers.get("x-trace-id")).toMatch(/^[0-9a-f]{32}$/);
});

test("health needs no token", async () => {
  expect(await api.send("GET /health")).toMatchObject({
    status: 200,
    body: { status: "ok", cur_freshness_days: null, version: "0.0.0-test" },
  });
});

test("a number that a float would change arrives as it was written", async () => {
  await api.send("POST /things", { token, body: '{"a":0.1234567890123456789,"b":1.50,"c":1e2,"d":9007199254740993}' });
  expect(seen.at(-1)).toEqual({ a: "0.1234567890123456789", b: 1.5, c: 100, d: "9007199254740993" });
});

describe("idempotency", () => {
  const headers = { "idempotency-key": "order-1" };
  test("the same key and body give the first answer with its status", async () => {
    const first = await api.send("POST /count", { token, body: { note: "a" }, headers });
    expect(first.status).toBe(201);
    expect(await api.send("POST /count", { token, body: { note: "a" }, headers })).toMatchObject({
      status: 201,
      body: first.body,
    });
  });
  test("the same key with another body is a conflict", async () => {
    expect((await api.send("POST /count", { token, body: { note: "b" }, headers })).status).toBe(409);
  });
  test("another caller's key is another key", async () => {
    const other = await api.token("billing_operator");
    expect((await api.send("POST /count", { token: other, body: { note: "b" }, headers })).status).toBe(201);
  });
});

describe("versions", () => {
  test("an answer carries its ETag, and a write with an older one is refused by 412", async () => {
    const answer = await api.send("PUT /versions/1", { token, body: {} });
    expect(answer.headers.get("etag")).toBe('"3"');
    expect((await api.send("PUT /versions/1", { token, body: {}, headers: { "if-match": '"3"' } })).status).toBe(200);
    expect((await api.send("PUT /versions/1", { token, body: {}, headers: { "if-match": '"2"' } })).status).toBe(412);
    expect((await api.send("PUT /versions/1", { token, body: {}, headers: { "if-match": "three" } })).status).toBe(412);
  });
});

test("every answer forbids inline script, frames and sniffing", async () => {
  const { headers } = await api.send("GET /health");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});
