import { readFile } from "node:fs/promises";
import { putPlan } from "@commops/core/catalog";
import { systemActor, type Call } from "@commops/core/record";
import { importTenants, putLegalEntity } from "@commops/core/tenants";
import { recordUsage } from "@commops/core/usage";
import { openRuntime } from "../packages/functions/src/runtime/embedded.ts";
import { readSettings } from "../packages/functions/src/runtime/settings.ts";

const BATCH = 20_000;

/** An empty installation in a folder, as `npm start` would open it. */
export const openBench = async (folder: string) => {
  const runtime = await openRuntime(readSettings({ DATA_DIR: folder, COMMOPS_SEED: "none" }));
  const call: Call = { world: runtime.world, actor: systemActor("bench"), traceId: "bench" };
  return { runtime, call };
};

const rowsOf = async (path: string): Promise<string[][]> =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

/** The seller, one plan, and the tenants and usage of a usage file. */
export const fillBench = async (call: Call, usageFile: string): Promise<number> => {
  await putLegalEntity.run(call, {
    entity_id: "BENCH",
    name: "Bench Inc.",
    address_lines: ["1 Main Street"],
    country: "US",
    tax_ids: [],
    currency: "USD",
    fiscal_year_start_month: 1,
    time_zone: "UTC",
    number_prefix: "B",
    payment_instructions: "",
    email: "billing@bench.example",
  });
  const slabs = [
    { up_to: "100", unit_price: "0.10" },
    { up_to: "500", unit_price: "0.07" },
    { up_to: null, unit_price: "0.05" },
  ];
  const charge = (metric: string) => ({
    sku_code: metric,
    title: metric,
    metric_code: metric,
    price: { model: "graduated" as const, slabs },
  });
  await putPlan.run(call, {
    plan_code: "bench",
    plan_family: "bench",
    version: "1",
    currency: "USD",
    base_price_usd: 100,
    base_seats: 5,
    effective_from: "2026-01-01",
    charges: ["data_ingestion_gb", "egress_gb", "runner_hours"].map(charge),
  });
  const usage = await rowsOf(usageFile);
  const tenantIds = [...new Set(usage.map((row) => row[1] ?? ""))];
  await importTenants.run(call, {
    rows: tenantIds.map((id) => ({ tenant_id: id, tenant_name: id, plan_code: "bench", seats: 5 })),
  });
  const snapshots = usage.map(([usage_date = "", tenant_id = "", metric_code = "", metric_value = ""]) => ({
    usage_date,
    tenant_id,
    metric_code,
    metric_value,
  }));
  for (let start = 0; start < snapshots.length; start += BATCH)
    await recordUsage.run(call, { snapshots: snapshots.slice(start, start + BATCH) });
  return tenantIds.length;
};
