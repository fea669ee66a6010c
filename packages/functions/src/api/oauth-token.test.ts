import { changeClient, createClient } from "@commops/core/tenants";
import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";

let api: TestApi;
let client: { client_id: string; client_secret: string };
beforeAll(async () => {
  api = await testApi();
  client = await createClient.run(callAs(api.world, actorOf("admin")), { client_name: "robot", role: "admin" });
});
afterAll(() => api.close());

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  api.send("POST //oauth/token", {
    body: new URLSearchParams({ grant_type: "client_credentials", ...fields }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

test("a client gets a token of one hour by form, by JSON and by HTTP Basic", async () => {
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64");
  for (const answer of [
    await form(client),
    await api.send("POST /oauth/token", { body: { grant_type: "client_credentials", ...client } }),
    await form({}, { authorization: `Basic ${basic}` }),
  ]) {
    expect(answer).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 3600 } });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await api.send("GET /audit", { token: answer.body["access_token"] })).status).toBe(200);
  }
});

test("a machine holds no scope that approves, whatever its role", async () => {
  const { body } = await form(client);
  const who = await api.send("GET /session", { token: body["access_token"] });
  expect(who.body).toMatchObject({ role: "admin", is_person: false, user_name: null });
  expect(who.body["scopes"]).toContain("admin");
  expect(who.body["scopes"]).not.toContain("billing:approve");
});

test("a wrong secret, an unknown client and another grant are refused as OAuth says", async () => {
  expect(await form({ ...client, client_secret: "wrong" })).toMatchObject({
    status: 401,
    body: { error: "invalid_client" },
  });
  expect(await form({ client_id: "CLI-X", client_secret: "x" })).toMatchObject({ status: 401 });
  expect(await form({ ...client, grant_type: "password" })).toMatchObject({
    status: 400,
    body: { error: "unsupported_grant_type" },
  });
  expect(await form({ client_id: client.client_id })).toMatchObject({
    status: 400,
    body: { error: "invalid_request" },
  });
});

test("a client that loses its access loses its tokens too", async () => {
  const { body } = await form(client);
  await changeClient.run(callAs(api.world, actorOf("admin")), { client_id: client.client_id, is_active: false });
  expect((await api.send("GET /audit", { token: body["access_token"] })).status).toBe(401);
  expect((await form(client)).status).toBe(401);
});
