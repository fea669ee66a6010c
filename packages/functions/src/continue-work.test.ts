import { generateInvoice } from "@commops/core/invoicing";
import {
  abandonedRuns,
  action,
  getRun,
  performRun,
  queueRun,
  runsLeftBehind,
  type UseCase,
} from "@commops/core/record";
import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type TestApi, testApi } from "../testing/api.ts";
import { entriesOf } from "./api/route.ts";
import { allRoutes } from "./api/routes/index.ts";
import { performTask } from "./tasks.ts";
import { workOf } from "./work.ts";

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const MINUTE = 60_000;
let now = Date.parse("2026-01-10T08:00:00Z");
const wait = (minutes: number): void => {
  now += minutes * MINUTE;
  api.world.clock.set(new Date(now).toISOString());
};
beforeEach(() => wait(60));

let goOn: () => void = () => undefined;
const said: string[] = [];
const probe = action(
  "probe.slow",
  { needs: "cost:write", input: z.object({ name: z.string() }) },
  async (door, input) => {
    said.push(input.name);
    await new Promise<void>((resolve) => (goOn = resolve));
    return door.unchanged({ hello: `${input.name}, ${said.length}` });
  },
);
const probes = (): UseCase<z.ZodType, unknown> => probe;
const engineer = actorOf("platform_engineer");
const ask = async (name: string) => (await queueRun(callAs(api.world, engineer), probe, { name })).run_id;
const statusOf = async (run_id: string) => getRun.run(callAs(api.world, engineer), { run_id });
const until = async (isThere: () => boolean): Promise<void> => {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("what a process stands still over is done by another one, and only that one's end counts", async () => {
  const runId = await ask("Ada");
  const first = performRun(api.world, runId, probes);
  await until(() => said.length === 1);
  const endFirst = goOn;
  expect(await runsLeftBehind(api.world)).toEqual([]);
  expect(await performRun(api.world, runId, probes)).toBeUndefined();

  wait(3);
  expect(await runsLeftBehind(api.world)).toEqual([runId]);
  const second = performRun(api.world, runId, probes);
  await until(() => said.length === 2);
  endFirst();
  await first;
  expect(await statusOf(runId)).toMatchObject({ status: "running" });
  goOn();
  await second;
  expect(await statusOf(runId)).toMatchObject({ status: "succeeded", result: { hello: "Ada, 2" } });
});

test("what ends its process each time is given up, with a reason", async () => {
  const runId = await ask("Grace");
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const before = said.length;
    performRun(api.world, runId, probes).catch(() => undefined);
    await until(() => said.length === before + 1);
    wait(3);
  }
  await performRun(api.world, runId, probes);
  expect(await statusOf(runId)).toMatchObject({
    status: "failed",
    error: { code: "FAILED_PRECONDITION", message: expect.stringContaining("begun 5 times") },
  });
});

test("what was done when the one server of a database ended is begun anew, however often it ends", async () => {
  const runId = await ask("Alan");
  for (let start = 1; start <= 7; start += 1) {
    const before = said.length;
    performRun(api.world, runId, probes).catch(() => undefined);
    await until(() => said.length === before + 1);
    expect(await abandonedRuns(api.world)).toEqual([runId]);
  }
  const before = said.length;
  const last = performRun(api.world, runId, probes);
  await until(() => said.length === before + 1);
  goOn();
  await last;
  expect(await statusOf(runId)).toMatchObject({ status: "succeeded" });
});

test("the task does what a request had no time for, for the one who asked", async () => {
  const input = { tenant_id: "TEN-NONE", period_start: "2026-06-01", period_end: "2026-06-30" };
  const call = callAs(api.world, actorOf("billing_operator"));
  const { run_id } = await queueRun(call, generateInvoice, input);
  const context = {
    call: callAs(api.world, actorOf("admin")),
    mailer: { send: async () => undefined },
    publicUrl: "http://localhost",
  };
  expect(await performTask("continue-runs", context, {})).toEqual({ done: 0, failed: 0 });
  wait(2);
  expect(await performTask("continue-runs", context, {})).toEqual({ done: 1, failed: 1 });
  expect(await statusOf(run_id)).toMatchObject({ status: "failed", error: { code: "NOT_FOUND" } });
  expect(await performTask("continue-runs", context, {})).toEqual({ done: 0, failed: 0 });
});

test("whatever a route does behind its answer can be taken up by another process", () => {
  const titles = entriesOf(allRoutes).flatMap(({ route }) => (route.reply === "work" ? [route.useCase.title] : []));
  expect(titles).not.toEqual([]);
  expect(titles.filter((title) => workOf(title)?.title !== title)).toEqual([]);
});
