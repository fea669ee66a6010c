import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { usageWorld } from "../../testing/usage-world.ts";
import type { TenantId } from "../kernel/index.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call } from "../record/index.ts";
import { addDays, day, month, monthPeriod } from "../time/index.ts";
import {
  aggregate,
  aggregateSnapshots,
  listUsage,
  readPeriodUsage,
  readSnapshots,
  recordUsage,
  seatUsage,
  usageDigest,
} from "./index.ts";

const days = (values: readonly string[]) =>
  values.map((metricValue, index) => ({ usageDate: addDays(day("2026-06-01"), index), metricValue }));
const amount = fc
  .bigInt({ min: 0n, max: 10n ** 20n })
  .map((units) => `${units / 10n ** 12n}.${(units % 10n ** 12n).toString().padStart(12, "0")}`);

describe("aggregation follows the metric", () => {
  test("sum adds every day exactly, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 31 }), (values) => {
        const total = toText(sumExact(values.map((value) => exact(value))));
        expect(aggregate("egress_gb", days(values))).toBe(total);
        expect(aggregate("egress_gb", days(values).toReversed())).toBe(total);
      }),
    );
  });

  test("peak takes the highest day, an absent metric is 0", () => {
    expect(aggregate("storage_gb_peak", days(["3", "11.5", "9"]))).toBe("11.5");
    expect(aggregate("storage_gb_peak", [])).toBe("0");
  });
});

describe("snapshots", () => {
  let database: Database;
  let operator: Call;
  beforeAll(async () => {
    ({ database, operator } = await usageWorld());
  });
  afterAll(() => database.close());

  const june = monthPeriod(month("2026-06"));
  const snapshot = (metricValue: string | number, more: object = {}) => ({
    tenant_id: "A",
    metric_code: "egress_gb",
    metric_value: metricValue,
    usage_date: "2026-06-01",
    ...more,
  });

  const current = () => database.transaction("operator", (tx) => readSnapshots(tx, june));

  test("a correction is a new version: the old one stays, only the new one counts", async () => {
    expect(await recordUsage.run(operator, { snapshots: [snapshot(4)] })).toMatchObject({
      status: "accepted",
      created: 1,
      updated: 0,
    });
    const before = usageDigest(await current());
    expect(await recordUsage.run(operator, { snapshots: [snapshot("4.000")] })).toMatchObject({
      created: 0,
      updated: 0,
    });
    expect(usageDigest(await current())).toBe(before);
    expect(await recordUsage.run(operator, { snapshots: [snapshot("9.5")] })).toMatchObject({ created: 0, updated: 1 });
    expect(usageDigest(await current())).not.toBe(before);
    expect(await database.transaction("operator", (tx) => readPeriodUsage(tx, june))).toMatchObject([
      { value: "9.5", days: 1 },
    ]);
    const kept = await database.transaction("operator", (tx) =>
      database.rows<{ version: number; quota_event: string | null }>(
        tx,
        sql`select version, quota_event from usage_snapshot_daily order by version`,
      ),
    );
    expect(kept).toEqual([
      { version: 1, quota_event: null },
      { version: 2, quota_event: "EVENT_QUOTA_95" },
    ]);
  });

  test("a batch is recorded whole or not at all, and the fault is named with its place", async () => {
    const good = snapshot(1, { tenant_id: "B", usage_date: "2026-06-02" });
    const refused: readonly (readonly [object, object])[] = [
      [snapshot(-1), { kind: "invalid", details: [{ field: "snapshots.1.metric_value" }] }],
      [snapshot("1e40"), { kind: "invalid" }],
      [snapshot("1.0000000000001"), { kind: "invalid" }],
      [snapshot(1, { metric_code: "coffee" }), { kind: "invalid", details: [{ field: "snapshots.1.metric_code" }] }],
      [snapshot(1, { usage_date: "2026-02-30" }), { kind: "invalid", details: [{ field: "snapshots.1.usage_date" }] }],
      [snapshot(1, { tenant_id: "nobody" }), { kind: "missing" }],
      [snapshot(7, { tenant_id: "B", usage_date: "2026-06-02" }), { kind: "invalid" }],
    ];
    for (const [bad, problem] of refused)
      await expect(recordUsage.run(operator, { snapshots: [good, bad as typeof good] })).rejects.toMatchObject(problem);
    expect((await current()).filter((row) => row.tenantId === "B")).toHaveLength(0);
  });

  test("the database aggregates as the calculation does, to the last digit", async () => {
    const values = ["0.000000000001", "99999999999999.999999999999", "7", "0.1"];
    const rows = ["egress_gb", "storage_gb_peak", "active_users"].flatMap((metric_code) =>
      values.map((value, index) =>
        snapshot(value, { tenant_id: "B", metric_code, usage_date: `2026-07-0${index + 1}` }),
      ),
    );
    await recordUsage.run(operator, { snapshots: rows });
    const july = monthPeriod(month("2026-07"));
    const [read, calculated] = await database.transaction("operator", async (tx) => [
      await readPeriodUsage(tx, july),
      aggregateSnapshots(await readSnapshots(tx, july)),
    ]);
    expect(read).toEqual(calculated);
    expect(read.map(({ value, days }) => ({ value, days }))).toEqual([
      { value: "99999999999999.999999999999", days: 4 },
      { value: "100000000000007.1", days: 4 },
      { value: "99999999999999.999999999999", days: 4 },
    ]);
  });

  test("nobody rewrites a snapshot behind the product's back", async () => {
    await expect(
      database.transaction("operator", (tx) =>
        tx.execute(sql`update usage_snapshot_daily set metric_value = 1 where is_current`),
      ),
    ).rejects.toMatchObject({ kind: "precondition" });
  });

  test("a tenant lists its own usage only, page by page", async () => {
    const rows = Array.from({ length: 5 }, (_, index) =>
      snapshot(index, { tenant_id: "B", usage_date: `2026-06-0${index + 1}` }),
    );
    await recordUsage.run(operator, { snapshots: rows });
    const own = callAs(operator.world, actorOf("tenant_user", "b", "B" as TenantId));
    const first = await listUsage.run(own, { page_size: 3 });
    const second = await listUsage.run(own, { page_size: 3, page_token: first.next_page_token ?? "" });
    expect([...first.items, ...second.items].map((row) => row.usage_date)).toEqual(rows.map((row) => row.usage_date));
    expect(second.next_page_token).toBeNull();
    await expect(listUsage.run(own, { tenant_id: "A" })).rejects.toMatchObject({ kind: "missing" });
    await recordUsage.run(operator, { snapshots: [snapshot(6, { metric_code: "active_users", tenant_id: "B" })] });
    expect(await seatUsage.run(own, { tenant_id: "B", from: "2026-06-01", to: "2026-06-30" })).toEqual({
      active_users: 6,
      seats: 8,
      utilization: 0.75,
    });
  });

  test("a recording of any length stores each snapshot as it was given, also where thousands in a row say the same", async () => {
    const metrics = ["glue_dpu_hours", "volume_gb"] as const;
    const given = metrics.flatMap((metric_code) =>
      Array.from({ length: 3000 }, (_, index) =>
        snapshot(index + 1, { metric_code, usage_date: addDays(day("2001-01-01"), index) }),
      ),
    );
    expect(await recordUsage.run(operator, { snapshots: given })).toMatchObject({ created: given.length });
    const stored = await database.transaction("operator", (tx) =>
      readSnapshots(tx, { start: day("2001-01-01"), end: addDays(day("2001-01-01"), 2999) }, { metricCodes: metrics }),
    );
    expect(stored.map((row) => [row.metricCode, row.usageDate, toText(exact(row.metricValue))])).toEqual(
      given.map((row) => [row.metric_code, row.usage_date, String(row.metric_value)]),
    );
  });
});
