import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type AllocationWorld, allocationWorld } from "../../testing/allocation-world.ts";
import { noCostForecast } from "../adapters/embedded/cost-forecast.ts";
import { Problem } from "../kernel/index.ts";
import type { CostForecast, ForecastRequest } from "../ports/index.ts";
import { addDays, day, month } from "../time/index.ts";
import { costProjection } from "./index.ts";

let world: AllocationWorld;
beforeAll(async () => {
  world = await allocationWorld();
  const october = month("2025-10");
  const days = Array.from({ length: 5 }, (_, index) => addDays(day("2025-10-01"), index));
  await world.deliver(
    "CUR-OCT",
    [
      ...days.map((usageDate) => ({ amortizedCost: "9", unblendedCost: "10", usageDate })),
      { amortizedCost: "3", unblendedCost: "3", lineItemType: "Tax", usageDate: day("2025-10-01") },
    ],
    { period: october },
  );
  await world.deliver("CUR-SEP", [{ amortizedCost: "4", unblendedCost: "4" }]);
});
afterAll(() => world.database.close());

const ask = (port: CostForecast, over: object = {}) =>
  costProjection.run({ ...world.call, world: { ...world.call.world, costForecast: port } }, { ...over });

test("the month that runs is projected by its whole days; without a forecast beside it, it says why", async () => {
  expect(await ask(noCostForecast)).toMatchObject({
    period: "2025-10",
    method: "run_rate_by_day",
    as_of: "2025-10-04",
    whole_days: 4,
    month_to_date: "53",
    charged_once: "3",
    daily_rate: "10",
    projected: "313",
    forecast: { source: null, total: null, unavailable: expect.stringContaining("COMMOPS_COST_FORECAST") },
  });
});

test("AWS's own forecast stands beside it with its bounds and the difference", async () => {
  const asked: ForecastRequest[] = [];
  const port: CostForecast = {
    source: "AWS Cost Explorer",
    forecast: async (request) => {
      asked.push(request);
      return { currency: "USD", toDate: "41", expected: "270", low: "250.5", high: null };
    },
  };
  expect((await ask(port, { level: "90" })).forecast).toEqual({
    source: "AWS Cost Explorer",
    month_to_date: "41",
    remaining: "270",
    total: "311",
    low: "291.5",
    high: null,
    difference: "2",
    unavailable: null,
  });
  expect(asked).toEqual([
    { basis: "unblended", level: 90, start: "2025-10-01", today: "2025-10-05", end: "2025-11-01" },
  ]);
});

test("a forecast that does not answer leaves our own figures", async () => {
  const port: CostForecast = {
    source: "AWS Cost Explorer",
    forecast: () => Promise.reject(new Problem("transient", "SERVICE_BUSY", "busy")),
  };
  expect(await ask(port)).toMatchObject({ projected: "313", forecast: { total: null, unavailable: "busy" } });
});

test("a month that is over is what it cost, and nobody is asked about it", async () => {
  const port: CostForecast = {
    source: "AWS Cost Explorer",
    forecast: () => Promise.reject(new Error("asked about a month that is over")),
  };
  expect(await ask(port, { period: "2025-09" })).toMatchObject({
    projected: "4",
    forecast: { source: "AWS Cost Explorer", unavailable: expect.stringContaining("2025-10") },
  });
});

test("a month without cost, and a tenant's own people, get none", async () => {
  await expect(ask(noCostForecast, { period: "2024-01" })).rejects.toMatchObject({ kind: "missing" });
  const tenant = callAs(world.call.world, actorOf("tenant_admin"));
  await expect(costProjection.run(tenant, {})).rejects.toMatchObject({ kind: "forbidden" });
});
