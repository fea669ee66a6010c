import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "@commops/core/testing/actors.ts";
import { testDatabase } from "@commops/core/testing/database.ts";
import type { Database } from "@commops/core/ports";
import type { World } from "@commops/core/record";
import { dueTime, runDue } from "./scheduler.ts";

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test("a daily schedule runs once a day, a missed day is made up once, and a second scheduler does not double it", async () => {
  const clock = testClock("2026-07-10T08:00:00Z");
  const call = callAs({ database, clock } as unknown as World, actorOf("admin"));
  const runs: string[] = [];
  const schedule = {
    name: "test",
    due: { dailyAt: "04:30" },
    run: async () => void runs.push(clock.now().toISOString()),
  };
  await runDue(call, [schedule]);
  expect(runs).toHaveLength(0);
  clock.set("2026-07-11T04:29:59Z");
  await runDue(call, [schedule]);
  expect(runs).toHaveLength(0);
  clock.set("2026-07-11T04:30:00Z");
  await Promise.all([runDue(call, [schedule]), runDue(call, [schedule])]);
  expect(runs).toHaveLength(1);
  clock.set("2026-07-15T12:00:00Z");
  await runDue(call, [schedule]);
  await runDue(call, [schedule]);
  expect(runs).toHaveLength(2);
});

test("a schedule that fails is noted and does not stop the others", async () => {
  const clock = testClock("2026-08-01T00:00:00Z");
  const call = callAs({ database, clock } as unknown as World, actorOf("admin"));
  let other = 0;
  const schedules = [
    { name: "broken", due: { dailyAt: "01:00" }, run: () => Promise.reject(new Error("no disk")) },
    { name: "other", due: { dailyAt: "01:00" }, run: async () => void (other += 1) },
  ];
  await runDue(call, schedules);
  clock.set("2026-08-02T02:00:00Z");
  expect(await runDue(call, schedules)).toEqual(["broken", "other"]);
  expect(other).toBe(1);
});

test.each([
  [{ dailyAt: "06:00", fromDay: 15 }, "2026-07-14T23:00:00Z", "2026-06-30T06:00:00.000Z"],
  [{ dailyAt: "06:00", fromDay: 15 }, "2026-07-15T05:59:00Z", "2026-06-30T06:00:00.000Z"],
  [{ dailyAt: "06:00", fromDay: 15 }, "2026-07-15T06:00:00Z", "2026-07-15T06:00:00.000Z"],
  [{ everyMinutes: 5 }, "2026-07-15T06:04:59Z", "2026-07-15T06:00:00.000Z"],
])("what is due %j was last due, as of %s, at %s", (due, now, at) => {
  expect(dueTime(due, new Date(now)).toISOString()).toBe(at);
});
