import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { action, getRun, performRun, queueRun } from "@commops/core/record";
import { Problem } from "@commops/core/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type TestApi, testApi } from "../../testing/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

let failures = 0;
const callers: unknown[] = [];
const work = action(
  "probe.work",
  { needs: "cost:write", input: z.object({ name: z.string() }) },
  async (door, input) => {
    callers.push({ id: door.actor.id, scopes: [...door.actor.scopes], trace: door.traceId });
    if (failures > 0) {
      failures -= 1;
      throw new Problem("transient", "INTERNAL", "busy");
    }
    return door.unchanged({ hello: input.name });
  },
);
const engineer = actorOf("platform_engineer");

test("a run survives the death of its process: it is done once, for the one who asked", async () => {
  const call = callAs(api.world, engineer);
  const { run_id: runId } = await queueRun(call, work, { name: "Ada" });
  const [one, two] = await Promise.all([
    performRun(api.world, runId, () => work),
    performRun(api.world, runId, () => work),
  ]);
  expect([one, two].filter(Boolean)).toHaveLength(1);
  expect(callers).toEqual([{ id: engineer.id, scopes: [...engineer.scopes], trace: "test" }]);
  expect(await getRun.run(call, { run_id: runId })).toMatchObject({ status: "succeeded", result: { hello: "Ada" } });
});

test("what may succeed when tried again is tried again", async () => {
  const call = callAs(api.world, engineer);
  failures = 1;
  const { run_id: runId } = await queueRun(call, work, { name: "Grace" });
  await performRun(api.world, runId, () => work);
  expect(await getRun.run(call, { run_id: runId })).toMatchObject({ status: "succeeded" });
});

test("a failed run is done again on request, for the one who asked first", async () => {
  const operator = await api.token("billing_operator", { user: "olga" });
  const repairer = await api.token("platform_engineer", { user: "paul" });
  const body = { tenant_id: "TEN-NONE", period_start: "2026-06-01", period_end: "2026-06-30" };
  const started = await api.send("POST /invoices:generate", { token: operator, body });
  await api.settled();
  const path = `/workflows/${started.body["run_id"]}`;
  expect((await api.send(`GET ${path}`, { token: operator })).body).toMatchObject({ status: "failed" });
  expect((await api.send(`POST ${path}:retry`, { token: operator })).status).toBe(403);
  expect((await api.send(`POST ${path}:retry`, { token: repairer })).status).toBe(202);
  await api.settled();
  expect((await api.send(`GET ${path}`, { token: operator })).body).toMatchObject({ status: "failed" });
});

test("a run that did not fail is not done again", async () => {
  const call = callAs(api.world, engineer);
  const { run_id: runId } = await queueRun(call, work, { name: "Alan" });
  await performRun(api.world, runId, () => work);
  const token = await api.token("platform_engineer");
  expect(await api.send(`POST /workflows/${runId}:retry`, { token })).toMatchObject({
    status: 409,
    body: { error: { code: "FAILED_PRECONDITION" } },
  });
});

test("work that nobody may ask for is not queued", async () => {
  await expect(queueRun(callAs(api.world, actorOf("auditor")), work, { name: "x" })).rejects.toMatchObject({
    kind: "forbidden",
  });
});
