import { expect, test } from "vitest";
import { allocationWorld } from "../../testing/allocation-world.ts";
import { putPlan } from "../catalog/index.ts";
import { changeTenant, importTenants } from "../tenants/index.ts";
import { month } from "../time/index.ts";
import { allocatePeriod } from "./index.ts";

test("a tenant that left bears its cost of the months in which it had a plan, and of no other", async () => {
  const { database, call, deliver } = await allocationWorld();
  try {
    await putPlan.run(call, {
      plan_code: "GROWTH",
      plan_family: "standard",
      version: "1",
      currency: "USD",
      base_price_usd: 1,
      base_seats: 1,
      effective_from: "2025-07-01",
    });
    await importTenants.run(call, { rows: [{ tenant_id: "TEN-D", tenant_name: "D", plan_code: "GROWTH" }] });
    await deliver("CUR-D6", [{ amortizedCost: "4", tenantTag: "TEN-D" }], { period: month("2025-06") });
    await deliver("CUR-D7", [{ amortizedCost: "4", tenantTag: "TEN-D" }], { period: month("2025-07") });
    await changeTenant.run(call, { tenant_id: "TEN-D", status: "closed" });
    expect(await allocatePeriod.run(call, { period: "2025-06" })).toMatchObject({ direct: "0", overhead: "4" });
    expect(await allocatePeriod.run(call, { period: "2025-07" })).toMatchObject({ direct: "4", overhead: "0" });
  } finally {
    await database.close();
  }
});
