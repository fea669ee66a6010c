import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import { putPlan } from "../catalog/index.ts";
import type { PlanCode, TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call, World } from "../record/index.ts";
import { addDays, type Day, day, daysBetween, daysIn, month, monthPeriod } from "../time/index.ts";
import {
  bindPlan,
  changeTenant,
  createTenant,
  getTenant,
  getTenants,
  importTenants,
  putLegalEntity,
  readBindings,
} from "./index.ts";
import { type Binding, peakSeats, planChange, segmentsIn } from "./segments.ts";

const june = monthPeriod(month("2026-06"));
const bound = (planCode: string, start: Day, end?: Day): Binding => ({
  bindingId: planCode,
  tenantId: "t" as TenantId,
  planCode: planCode as PlanCode,
  start,
  end,
});

describe("segments", () => {
  test("the effective day belongs to the new plan", () => {
    const parts = segmentsIn([bound("a", day("2026-01-01"), day("2026-06-09")), bound("b", day("2026-06-10"))], june);
    expect(parts.map((part) => [part.planCode, part.start, part.end])).toEqual([
      ["a", "2026-06-01", "2026-06-09"],
      ["b", "2026-06-10", "2026-06-30"],
    ]);
  });

  interface Wish {
    readonly offset: number;
    readonly isDowngrade: boolean;
  }
  const after = (wishes: readonly Wish[]): Binding[] =>
    wishes.reduce<Binding[]>((bindings, { offset, isDowngrade }, index) => {
      const { effective, ends } = planChange(bindings, addDays(day("2026-05-15"), offset), isDowngrade);
      const ended = bindings.map((binding) => {
        const end = ends.find((one) => one.bindingId === binding.bindingId)?.end;
        return end === undefined ? binding : { ...binding, end };
      });
      return [...ended, bound(String(index), effective)];
    }, []);
  const wishes = fc.array(fc.record({ offset: fc.integer({ min: 0, max: 40 }), isDowngrade: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });

  test("however often the plan changes, up or down, every day after the first belongs to exactly one plan", () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const bindings = after(list);
        const summer = { start: june.start, end: day("2026-08-31") };
        const parts = segmentsIn(bindings, summer);
        const first = bindings
          .filter((binding) => binding.end === undefined || binding.end >= binding.start)
          .map((binding) => binding.start)
          .toSorted()[0];
        const covered = parts.reduce((days, part) => days + daysIn(part), 0);
        expect(covered).toBe(daysIn(summer) - Math.max(0, daysBetween(summer.start, first ?? summer.start)));
        expect(
          parts.every((part, index) => index === 0 || addDays(parts[index - 1]?.end ?? part.start, 1) === part.start),
        ).toBe(true);
      }),
    );
  });

  test("changes of the same day net to the last one, compared with the plan before that day", () => {
    const at = (offset: number, isDowngrade = false): Wish => ({ offset, isDowngrade });
    const plans = (list: readonly Wish[]) =>
      segmentsIn(after(list), { start: day("2026-05-15"), end: day("2026-07-31") }).map((part) => [
        part.planCode,
        part.start,
      ]);
    expect(plans([at(0), at(10), at(10)])).toEqual([
      ["0", "2026-05-15"],
      ["2", "2026-05-25"],
    ]);
    expect(plans([at(0), at(10), at(10, true)])).toEqual([
      ["0", "2026-05-15"],
      ["2", "2026-06-01"],
    ]);
    expect(plans([at(0), at(10, true), at(12)])).toEqual([
      ["0", "2026-05-15"],
      ["2", "2026-05-27"],
    ]);
  });

  test("seats are the most assigned on any day of the segment", () => {
    const changes = [
      { effectiveFrom: day("2026-05-01"), seats: 5 },
      { effectiveFrom: day("2026-06-10"), seats: 9 },
      { effectiveFrom: day("2026-06-20"), seats: 3 },
    ];
    expect(peakSeats(changes, june)).toBe(9);
    expect(peakSeats(changes, { start: day("2026-06-21"), end: day("2026-06-30") })).toBe(3);
    expect(peakSeats([], june)).toBe(0);
  });
});

describe("tenants", () => {
  let database: Database;
  let operator: Call;
  let world: World;
  beforeAll(async () => {
    database = await testDatabase();
    world = { database, files: memoryFiles(), clock: testClock("2026-06-15T08:00:00Z") } as unknown as World;
    operator = callAs(world, actorOf("billing_operator"));
    await putLegalEntity.run(callAs(world, actorOf("admin")), {
      entity_id: "MAIN",
      name: "Data Platform Inc.",
      address_lines: ["1 Main Street"],
      country: "US",
      tax_ids: [],
      currency: "USD",
      fiscal_year_start_month: 1,
      time_zone: "UTC",
      number_prefix: "DP",
      payment_instructions: "",
      email: "billing@example.com",
    });
    for (const [code, price] of [
      ["small", 50],
      ["team", 100],
      ["scale", 100],
      ["large", 200],
    ] as const)
      await putPlan.run(operator, {
        plan_code: code,
        plan_family: "standard",
        version: "1",
        currency: "USD",
        base_price_usd: price,
        base_seats: 5,
        effective_from: "2026-01-01",
      });
  });
  afterAll(() => database.close());

  const newTenant = (id: string) => ({
    tenant_id: id,
    tenant_name: id,
    billing_contact: { name: "Ada", email: "ada@example.com" },
    plan_code: "team",
    seats: 4,
  });

  test("creating a tenant binds its plan from the start of the cycle", async () => {
    expect(await createTenant.run(operator, newTenant("TEN-001"))).toEqual({
      tenant_id: "TEN-001",
      tenant_name: "TEN-001",
      status: "active",
      plan_binding: { plan_code: "team", period_start: "2026-06-01", period_end: "2026-06-30", seats: 4 },
    });
    await expect(createTenant.run(operator, newTenant("TEN-001"))).rejects.toMatchObject({ kind: "exists" });
    expect(await getTenant.run(operator, { tenant_id: "TEN-001" })).toMatchObject({ current_plan: "team", seats: 4 });
  });

  test.each(["A\r\nBcc: x@example.com", "A\u0000", "\u202Efdp.ecila"])(
    "the name %j, which would break a mail or deceive a reader, names no tenant and no contact",
    async (name) => {
      const named = { ...newTenant("TEN-NAME"), tenant_name: name };
      await expect(createTenant.run(operator, named)).rejects.toMatchObject({ details: [{ field: "tenant_name" }] });
      const contact = { ...newTenant("TEN-NAME"), billing_contact: { name, email: "a@example.com" } };
      await expect(createTenant.run(operator, contact)).rejects.toMatchObject({
        details: [{ field: "billing_contact.name" }],
      });
    },
  );

  test("a tenant with an unknown plan is not half created", async () => {
    await expect(createTenant.run(operator, { ...newTenant("TEN-404"), plan_code: "nope" })).rejects.toMatchObject({
      kind: "missing",
    });
    await expect(getTenant.run(operator, { tenant_id: "TEN-404" })).rejects.toMatchObject({ kind: "missing" });
  });

  test("an upgrade in mid-cycle cuts the cycle, with the factor of the days left", async () => {
    await createTenant.run(operator, newTenant("TEN-UP"));
    const answer = await bindPlan.run(operator, {
      tenant_id: "TEN-UP",
      plan_code: "scale",
      effective_from: "2026-06-16",
    });
    expect(answer).toMatchObject({ proration_factor: 0.5, period_end: "2026-06-30" });
    const bindings = await database.transaction("operator", (tx) => readBindings(tx, ["TEN-UP" as TenantId]));
    expect(segmentsIn(bindings, june).map((part) => [part.planCode, daysIn(part)])).toEqual([
      ["team", 15],
      ["scale", 15],
    ]);
  });

  test("a downgrade takes effect with the next cycle: until then the plan, its price and its caps stay", async () => {
    await createTenant.run(operator, { ...newTenant("TEN-DOWN"), plan_code: "scale" });
    const change = (plan_code: string) =>
      bindPlan.run(operator, { tenant_id: "TEN-DOWN", plan_code, effective_from: "2026-06-16" });
    const plans = async () => {
      const bindings = await database.transaction("operator", (tx) => readBindings(tx, ["TEN-DOWN" as TenantId]));
      return segmentsIn(bindings, { start: june.start, end: day("2026-07-31") }).map((part) => [
        part.planCode,
        part.start,
      ]);
    };
    expect(await change("small")).toMatchObject({
      period_start: "2026-07-01",
      period_end: "2026-07-31",
      proration_factor: 1,
    });
    expect(await plans()).toEqual([
      ["scale", "2026-06-01"],
      ["small", "2026-07-01"],
    ]);
    expect(await change("large")).toMatchObject({ period_start: "2026-06-16", proration_factor: 0.5 });
    expect(await change("small")).toMatchObject({ period_start: "2026-07-01" });
    expect(await plans()).toEqual([
      ["scale", "2026-06-01"],
      ["small", "2026-07-01"],
    ]);
  });

  test("a change in mid-cycle without proration is refused, since it would be billed by days", async () => {
    await createTenant.run(operator, newTenant("TEN-WHOLE"));
    const change = { tenant_id: "TEN-WHOLE", plan_code: "scale", proration: false };
    await expect(bindPlan.run(operator, { ...change, effective_from: "2026-06-16" })).rejects.toMatchObject({
      kind: "invalid",
      details: [{ field: "proration", reason: expect.stringContaining("2026-06-01 or 2026-07-01") }],
    });
    const whole = await bindPlan.run(operator, { ...change, effective_from: "2026-07-01" });
    expect(whole).toMatchObject({ proration_factor: 1, period_end: "2026-07-31" });
  });

  test("a change over a revision that is no longer current is refused", async () => {
    await createTenant.run(operator, newTenant("TEN-REV"));
    await changeTenant.run(operator, { tenant_id: "TEN-REV", tenant_name: "New", if_revision: 1 });
    await expect(
      changeTenant.run(operator, { tenant_id: "TEN-REV", tenant_name: "Old", if_revision: 1 }),
    ).rejects.toMatchObject({ kind: "version" });
  });

  test("a tenant's own user sees its own tenant and no other", async () => {
    await createTenant.run(operator, newTenant("TEN-MINE"));
    const own = callAs(world, actorOf("tenant_admin", "me", "TEN-MINE" as TenantId));
    expect((await getTenants.run(own, {})).tenants.map((tenant) => tenant.tenant_id)).toEqual(["TEN-MINE"]);
    await expect(getTenant.run(own, { tenant_id: "TEN-001" })).rejects.toMatchObject({ kind: "missing" });
    await expect(
      database.transaction({ tenantId: "TEN-MINE" as TenantId }, (tx) => readBindings(tx)),
    ).resolves.toHaveLength(1);
  });

  test("ids that differ only in signs get invoice suffixes of their own", async () => {
    const rows = [
      { tenant_id: "t-1.0", tenant_name: "a", plan_code: "team" },
      { tenant_id: "t-10", tenant_name: "b", plan_code: "team" },
    ];
    expect(await importTenants.run(operator, { rows })).toMatchObject({ rows: 2, created: 2, updated: 0 });
    expect(await importTenants.run(operator, { rows })).toMatchObject({ rows: 2, created: 0, updated: 2 });
  });

  test("an import with a plan that is not among the published ones is refused whole", async () => {
    const rows = [
      { tenant_id: "TEN-I1", tenant_name: "a", plan_code: "team" },
      { tenant_id: "TEN-I2", tenant_name: "b", plan_code: "temm" },
    ];
    await expect(importTenants.run(operator, { rows })).rejects.toMatchObject({ kind: "missing" });
    await expect(getTenant.run(operator, { tenant_id: "TEN-I1" })).rejects.toMatchObject({ kind: "missing" });
  });
});
