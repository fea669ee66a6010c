import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import { putPlan } from "../catalog/index.ts";
import type { TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call, World } from "../record/index.ts";
import { createTenant, getTenant, importTenants, readBindings, readLegalEntity, readTenant } from "./index.ts";

describe("an installation without anything", () => {
  let database: Database;
  let world: World;
  let operator: Call;
  beforeEach(async () => {
    database = await testDatabase();
    world = { database, files: memoryFiles(), clock: testClock("2026-06-15T08:00:00Z") } as unknown as World;
    operator = callAs(world, actorOf("billing_operator"));
  });
  afterEach(() => database.close());

  const plan = {
    plan_code: "team",
    plan_family: "standard",
    version: "1",
    currency: "USD",
    base_price_usd: 100,
    base_seats: 5,
    effective_from: "2026-03-01",
  };
  const entityOf = (tenantId: string) =>
    database.transaction("operator", async (tx) => (await readTenant(tx, tenantId as TenantId)).entityId);

  test("creates its first tenant, billed by a seller who is plainly not named yet", async () => {
    await createTenant.run(operator, {
      tenant_id: "TEN-1",
      tenant_name: "First",
      billing_contact: { name: "Ada", email: "ada@example.com" },
    });
    const entityId = await entityOf("TEN-1");
    const entity = await database.transaction("operator", (tx) => readLegalEntity(tx, entityId));
    expect(entity).toMatchObject({ name: "Operator (name not set)", addressLines: ["Address not set"] });
  });

  test("of two first tenants created at once both are billed by the same seller", async () => {
    const create = (id: string) =>
      createTenant.run(operator, {
        tenant_id: id,
        tenant_name: id,
        billing_contact: { name: "Ada", email: "ada@example.com" },
      });
    await Promise.all([create("TEN-1"), create("TEN-2")]);
    expect(await entityOf("TEN-1")).toBe(await entityOf("TEN-2"));
  });

  test("takes tenants before the first plan, names those it could not bind, and binds them when the plan is there", async () => {
    const rows = [
      { tenant_id: "TEN-1", tenant_name: "a", plan_code: "team", seats: 3 },
      { tenant_id: "TEN-2", tenant_name: "b" },
    ];
    expect(await importTenants.run(operator, { rows })).toEqual({
      rows: 2,
      created: 2,
      updated: 0,
      unbound: ["TEN-1"],
    });
    await putPlan.run(operator, plan);
    expect(await importTenants.run(operator, { rows })).toEqual({ rows: 2, created: 0, updated: 2, unbound: [] });
    expect(await getTenant.run(operator, { tenant_id: "TEN-1" })).toMatchObject({ current_plan: "team", seats: 3 });
    const bindings = await database.transaction("operator", (tx) => readBindings(tx));
    expect(bindings.map((binding) => [binding.tenantId, binding.start])).toEqual([["TEN-1", "2026-03-01"]]);
  });
});
