import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ rateLimit: 3 });
});
afterAll(() => api.close());

test("a token has so many requests a minute, is told how many are left, and has them again in the next minute", async () => {
  const [one, two] = [await api.token("auditor"), await api.token("auditor")];
  const send = (token: string) => api.send("GET /audit", { token });
  const first = await send(one);
  expect(first.headers.get("ratelimit-limit")).toBe("3");
  expect(first.headers.get("ratelimit-remaining")).toBe("2");
  await send(one);
  expect((await send(one)).status).toBe(200);
  const refused = await send(one);
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "RATE_LIMITED" } } });
  const told = ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
  expect(told.map((name) => refused.headers.get(name))).toEqual(["60", "3", "0", "60"]);
  expect((await send(two)).status).toBe(200);
  api.world.clock.set("2026-07-10T08:01:00Z");
  expect((await send(one)).status).toBe(200);
});

test("callers without a token share their address's limit; health has none", async () => {
  const headers = { "x-test-address": "192.0.2.7" };
  const statuses = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await api.send("GET /audit", { headers })).status);
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect((await api.send("GET /health", { headers })).status).toBe(200);
});
