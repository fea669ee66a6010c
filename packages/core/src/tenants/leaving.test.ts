import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import { putPlan } from "../catalog/index.ts";
import type { TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call, World } from "../record/index.ts";
import { day } from "../time/index.ts";
import { bindPlan, changeTenant, createTenant, getTenant, importTenants, readBindings, segmentsIn } from "./index.ts";

let database: Database;
let operator: Call;
beforeAll(async () => {
  database = await testDatabase();
  const world = { database, files: memoryFiles(), clock: testClock("2026-06-15T08:00:00Z") } as unknown as World;
  operator = callAs(world, actorOf("billing_operator"));
  for (const [plan_code, base_price_usd] of [
    ["team", 100],
    ["scale", 200],
  ] as const)
    await putPlan.run(operator, {
      plan_code,
      plan_family: "standard",
      version: "1",
      currency: "USD",
      base_price_usd,
      base_seats: 5,
      effective_from: "2026-01-01",
    });
});
afterAll(() => database.close());

const tenant = async (tenant_id: string) => {
  await createTenant.run(operator, {
    tenant_id,
    tenant_name: tenant_id,
    billing_contact: { name: "Ada", email: "ada@example.com" },
    plan_code: "team",
    effective_from: "2026-03-01",
  });
  return tenant_id as TenantId;
};
const daysUnderPlans = async (tenantId: TenantId) => {
  const bindings = await database.transaction("operator", (tx) => readBindings(tx, [tenantId]));
  const life = { start: day("2026-01-01"), end: day("2027-12-31") };
  return segmentsIn(bindings, life).map((part) => [part.planCode, part.start, part.end]);
};

test("a tenant that is closed is billed up to that day, and a change that was to come is void", async () => {
  const tenantId = await tenant("TEN-LEAVER");
  await bindPlan.run(operator, { tenant_id: tenantId, plan_code: "scale", effective_from: "2026-08-01" });
  await changeTenant.run(operator, { tenant_id: tenantId, status: "closed" });
  expect(await daysUnderPlans(tenantId)).toEqual([["team", "2026-03-01", "2026-06-15"]]);
  await changeTenant.run(operator, { tenant_id: tenantId, status: "closed" });
  expect(await daysUnderPlans(tenantId)).toEqual([["team", "2026-03-01", "2026-06-15"]]);
  expect(await getTenant.run(operator, { tenant_id: tenantId })).toMatchObject({ status: "closed" });
});

test("a tenant that is suspended keeps its plan", async () => {
  const tenantId = await tenant("TEN-SUSPENDED");
  await changeTenant.run(operator, { tenant_id: tenantId, status: "suspended" });
  expect(await daysUnderPlans(tenantId)).toEqual([["team", "2026-03-01", "2027-12-31"]]);
});

test("a closed tenant gets no plan any more, by hand or from a file", async () => {
  const tenantId = await tenant("TEN-GONE");
  await changeTenant.run(operator, { tenant_id: tenantId, status: "closed" });
  const before = await daysUnderPlans(tenantId);
  const change = { tenant_id: tenantId, plan_code: "scale", effective_from: "2026-07-01" };
  await expect(bindPlan.run(operator, change)).rejects.toMatchObject({ kind: "precondition" });
  await importTenants.run(operator, { rows: [{ tenant_id: tenantId, tenant_name: "Gone", plan_code: "scale" }] });
  expect(await daysUnderPlans(tenantId)).toEqual(before);
});
