import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { usageWorld } from "../../testing/usage-world.ts";
import type { TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call } from "../record/index.ts";
import { bindPlan } from "../tenants/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { aggregateSnapshots, readPeriodUsage, readSnapshots, recordUsage, tenantUsage } from "./index.ts";
import { quotaEventOf, utilizationOf } from "./quota.ts";

test("quota events are raised at 0.80, 0.95 and 1.00 of the cap, the highest one", () => {
  const event = (value: string) => quotaEventOf(utilizationOf(value, "100"));
  expect(["79.999999", "80", "94.9", "95", "99.9", "100", "250"].map(event)).toEqual([
    null,
    "EVENT_QUOTA_80",
    "EVENT_QUOTA_80",
    "EVENT_QUOTA_95",
    "EVENT_QUOTA_95",
    "EVENT_QUOTA_100",
    "EVENT_QUOTA_100",
  ]);
  expect(utilizationOf("5", undefined)).toBeNull();
  expect(utilizationOf("5", "0")).toBeNull();
});

describe("a period against its caps", () => {
  let database: Database;
  let operator: Call;
  let admin: Call;
  beforeAll(async () => {
    ({ database, operator, admin } = await usageWorld());
  });
  afterAll(() => database.close());

  const record = (tenant_id: string, metric_code: string, days: readonly (readonly [string, string])[]) =>
    recordUsage.run(operator, {
      snapshots: days.map(([usage_date, metric_value]) => ({ tenant_id, metric_code, metric_value, usage_date })),
    });
  const usageOf = (tenant_id: string, period = "2026-06") => tenantUsage.run(operator, { tenant_id, period });
  const raised = async (tenant_id: string, metric: string) =>
    (await usageOf(tenant_id)).metrics
      .find((one) => one.metric_code === metric)
      ?.quota_events.map((event) => event.event);

  test("a sum is compared with the cap as it runs up, and each quota it reaches is raised once in the period", async () => {
    await record("C", "egress_gb", [["2026-06-01", "7.9"]]);
    expect(await raised("C", "egress_gb")).toEqual([]);
    await record("C", "egress_gb", [["2026-06-02", "0.1"]]);
    await record("C", "egress_gb", [["2026-06-03", "0.5"]]);
    expect(await raised("C", "egress_gb")).toEqual(["EVENT_QUOTA_80"]);
    await record("C", "egress_gb", [
      ["2026-06-04", "0.5"],
      ["2026-06-05", "1.5"],
    ]);
    await record("C", "egress_gb", [["2026-06-06", "50"]]);
    await record("C", "egress_gb", [["2026-06-06", "0"]]);
    await record("C", "egress_gb", [["2026-06-06", "60"]]);
    expect(await raised("C", "egress_gb")).toEqual(["EVENT_QUOTA_80", "EVENT_QUOTA_100"]);
    const snapshots = await database.transaction("operator", (tx) =>
      database.rows<{ usage_date: string; quota_event: string }>(
        tx,
        sql`select usage_date::text, quota_event from usage_snapshot_daily where tenant_id = 'C' and quota_event is not null order by id`,
      ),
    );
    expect(snapshots).toEqual([
      { usage_date: "2026-06-02", quota_event: "EVENT_QUOTA_80" },
      { usage_date: "2026-06-05", quota_event: "EVENT_QUOTA_100" },
    ]);
    await record("C", "egress_gb", [["2026-07-01", "9.6"]]);
    expect((await usageOf("C", "2026-07")).metrics.find((one) => one.metric_code === "egress_gb")).toMatchObject({
      quota_events: [{ event: "EVENT_QUOTA_95" }],
    });
  });

  test("a peak is compared by its highest day, however many days there are", async () => {
    await record("C", "storage_gb_peak", [
      ["2026-06-01", "60"],
      ["2026-06-02", "70"],
      ["2026-06-03", "60"],
    ]);
    expect(await raised("C", "storage_gb_peak")).toEqual([]);
    await record("C", "storage_gb_peak", [["2026-06-04", "95"]]);
    expect(await raised("C", "storage_gb_peak")).toEqual(["EVENT_QUOTA_95"]);
  });

  test("the cap is the highest that was in force so far in the cycle: it rises with an upgrade and never falls in mid-cycle", async () => {
    const bind = (plan_code: string, effective_from: string) =>
      bindPlan.run(admin, { tenant_id: "D", plan_code, effective_from });
    await record("D", "egress_gb", [["2026-06-01", "9"]]);
    await bind("scale", "2026-06-10");
    await record("D", "egress_gb", [["2026-06-11", "20"]]);
    await bind("team", "2026-06-12");
    const find = async (period: string) =>
      (await usageOf("D", period)).metrics.find((one) => one.metric_code === "egress_gb");
    expect(await find("2026-06")).toMatchObject({
      value_exact: "29",
      cap_value: 40,
      utilization: 0.725,
      threshold: null,
      quota_events: [{ event: "EVENT_QUOTA_80" }],
    });
    expect(await find("2026-07")).toMatchObject({ value: 0, days: 0, cap_value: 10, utilization: 0 });
  });

  test("what a month comes to is kept as its snapshots say, whatever is recorded, corrected or sent twice", async () => {
    const recording = fc.array(
      fc.record({
        metric_code: fc.constantFrom("egress_gb", "storage_gb_peak"),
        metric_value: fc.integer({ min: 0, max: 50 }).map(String),
        usage_date: fc.integer({ min: 1, max: 9 }).map((dayOfMonth) => `2026-05-0${dayOfMonth}`),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(recording, async (rows) => {
        const snapshots = [...new Map(rows.map((row) => [row.metric_code + row.usage_date, row])).values()];
        await recordUsage.run(operator, { snapshots: snapshots.map((row) => ({ tenant_id: "E", ...row })) });
        const may = monthPeriod(month("2026-05"));
        const [kept, calculated] = await database.transaction("operator", async (tx) => [
          await readPeriodUsage(tx, may),
          aggregateSnapshots(await readSnapshots(tx, may)),
        ]);
        expect(kept).toEqual(calculated);
      }),
      { numRuns: 25 },
    );
  });

  test("two recordings at once both count", async () => {
    await Promise.all([
      record("E", "egress_gb", [["2026-04-01", "1"]]),
      record("E", "egress_gb", [["2026-04-02", "2"]]),
      record("E", "egress_gb", [["2026-04-03", "4"]]),
    ]);
    expect((await usageOf("E", "2026-04")).metrics.find((one) => one.metric_code === "egress_gb")).toMatchObject({
      value: 7,
      days: 3,
    });
  });

  test("a quota event is never changed, and a tenant sees its own usage only", async () => {
    await expect(
      database.transaction("operator", (tx) => tx.execute(sql`update quota_event set value = 0`)),
    ).rejects.toMatchObject({ kind: "precondition" });
    const own = callAs(operator.world, actorOf("tenant_user", "c", "C" as TenantId));
    expect((await tenantUsage.run(own, { tenant_id: "C", period: "2026-06" })).metrics).not.toEqual([]);
    await expect(tenantUsage.run(own, { tenant_id: "A" })).rejects.toMatchObject({ kind: "missing" });
  });
});
