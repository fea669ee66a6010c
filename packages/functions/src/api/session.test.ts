import { changeUser } from "@commops/core/tenants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textOf } from "@commops/core/testing/tables.ts";
import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { type TestApi, testApi } from "../../testing/api.ts";

const PASSWORD = "correct horse battery";
let api: TestApi;
beforeAll(async () => {
  api = await testApi();
  await api.addUser("ada", "admin", PASSWORD);
});
afterAll(() => api.close());

const signIn = async (password = PASSWORD, name = "ada", address = "a") => {
  const answer = await api.send("POST /session", {
    body: { user_name: name, password },
    headers: { "x-test-address": address },
  });
  const cookie = answer.headers.get("set-cookie") ?? "";
  return { ...answer, cookie, pair: cookie.split(";")[0] ?? "" };
};

describe("sign-in", () => {
  test("the session cookie is HttpOnly and SameSite=Lax, and who am I shows role and CSRF token", async () => {
    const { status, cookie, pair, body } = await signIn();
    expect(status).toBe(201);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const who = await api.send("GET /session", { headers: { cookie: pair } });
    expect(who).toMatchObject({
      status: 200,
      body: { user_name: "ada", role: "admin", tenant_id: null, is_person: true, csrf_token: body["csrf_token"] },
    });
  });

  test("a write with the cookie needs the session's CSRF token, a read does not", async () => {
    const { pair, body } = await signIn();
    const write = (headers: Record<string, string>) =>
      api.send("POST /audit:verify", { body: {}, headers: { cookie: pair, ...headers } });
    expect((await write({})).status).toBe(403);
    expect((await write({ "x-csrf-token": "0".repeat(64) })).status).toBe(403);
    expect((await write({ "x-csrf-token": body["csrf_token"] ?? "" })).status).toBe(200);
    expect((await api.send("GET /audit", { headers: { cookie: pair } })).status).toBe(200);
  });

  test("signing out ends the session", async () => {
    const { pair, body } = await signIn();
    const headers = { cookie: pair, "x-csrf-token": body["csrf_token"] ?? "" };
    expect((await api.send("DELETE /session", { headers })).status).toBe(204);
    expect((await api.send("GET /session", { headers })).status).toBe(401);
  });

  test("a session cookie is no bearer token, and a bearer token no session", async () => {
    const { pair } = await signIn();
    expect((await api.send("GET /session", { token: pair.split("=")[1] ?? "" })).status).toBe(401);
    const token = await api.token("auditor");
    expect((await api.send("GET /session", { headers: { cookie: `commops_session=${token}` } })).status).toBe(401);
  });

  test("a wrong password and an unknown name get the same answer", async () => {
    const [wrong, unknown] = [await signIn("wrong password"), await signIn(PASSWORD, "nobody")];
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    const error = { code: "UNAUTHENTICATED", message: "the user name or the password is wrong" };
    expect([wrong.body, unknown.body]).toMatchObject([{ error }, { error }]);
  });

  test("a form of another site cannot sign in: only JSON is read", async () => {
    const answer = await api.send("POST /session", {
      body: JSON.stringify({ user_name: "ada", password: PASSWORD }),
      headers: { "content-type": "text/plain" },
    });
    expect(answer.status).toBe(400);
  });

  test("a sign-in of more than a few kilobytes is refused before it is read", async () => {
    const body = { user_name: "ada", password: PASSWORD, more: Array.from({ length: 20_000 }, () => 0) };
    expect((await api.send("POST /session", { body })).status).toBe(413);
  });

  test("after ten failures in a quarter of an hour even the right password waits, from that address", async () => {
    for (let count = 0; count < 10; count += 1) await signIn("wrong password", "ada", "attacker");
    const refused = await signIn(PASSWORD, "ada", "attacker");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signIn(PASSWORD, "ada", "elsewhere")).status).toBe(201);
  });

  test("a session ends after twelve hours", async () => {
    const { pair } = await signIn();
    api.world.clock.set("2026-07-10T20:00:01Z");
    expect((await api.send("GET /session", { headers: { cookie: pair } })).status).toBe(401);
  });

  test("a deactivated person is signed out everywhere and cannot sign in", async () => {
    await api.addUser("bob", "auditor", PASSWORD);
    const { pair } = await signIn(PASSWORD, "bob");
    const token = await api.token("auditor", { user: "bob" });
    const who = await api.send("GET /session", { headers: { cookie: pair } });
    await changeUser.run(callAs(api.world, actorOf("admin")), {
      user_id: who.body["actor_id"] ?? "",
      is_active: false,
    });
    expect((await api.send("GET /session", { headers: { cookie: pair } })).status).toBe(401);
    expect((await api.send("GET /audit", { token })).status).toBe(401);
    expect((await signIn(PASSWORD, "bob")).status).toBe(401);
  });
});

test("no secret is kept: neither password nor token stand in the database", async () => {
  const token = await api.token("auditor");
  const tables = ["user_account", "access_token", "audit_event", "idempotency_key"];
  const dump = await textOf(api.world.database, tables);
  expect(dump).toContain("ada");
  expect(dump).not.toContain(PASSWORD);
  expect(dump).not.toContain(token);
});
