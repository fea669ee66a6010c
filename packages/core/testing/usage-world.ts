import { putPlan } from "../src/catalog/index.ts";
import type { Database } from "../src/ports/index.ts";
import type { Call, World } from "../src/record/index.ts";
import { createTenant, putLegalEntity } from "../src/tenants/index.ts";
import { actorOf, callAs, testClock } from "./actors.ts";
import { testDatabase } from "./database.ts";
import { memoryFiles } from "./files.ts";

/** Tenants A to E on a plan that caps egress at 10 GB and storage at 100 GB, in June 2026, and no usage yet. */
export const usageWorld = async (): Promise<{
  readonly database: Database;
  readonly operator: Call;
  readonly admin: Call;
}> => {
  const database = await testDatabase();
  const world = { database, files: memoryFiles(), clock: testClock("2026-06-15T08:00:00Z") } as unknown as World;
  const admin = callAs(world, actorOf("admin"));
  const operator = callAs(world, actorOf("platform_engineer"));
  await putLegalEntity.run(admin, {
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
  await putPlan.run(admin, {
    plan_code: "team",
    plan_family: "standard",
    version: "1",
    currency: "USD",
    base_price_usd: 100,
    base_seats: 5,
    entitlements: { metrics_caps: { egress_gb: "10", storage_gb_peak: "100" } },
    effective_from: "2026-01-01",
  });
  await putPlan.run(admin, {
    plan_code: "scale",
    plan_family: "standard",
    version: "1",
    currency: "USD",
    base_price_usd: 200,
    base_seats: 5,
    entitlements: { metrics_caps: { egress_gb: "40" } },
    effective_from: "2026-01-01",
  });
  for (const id of ["A", "B", "C", "D", "E"])
    await createTenant.run(admin, {
      tenant_id: id,
      tenant_name: id,
      billing_contact: { name: "Ada", email: "ada@example.com" },
      plan_code: "team",
      seats: 8,
    });
  return { database, operator, admin };
};
