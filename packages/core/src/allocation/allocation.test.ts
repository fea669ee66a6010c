import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import type { Database } from "../ports/index.ts";
import { type Call, listLineage } from "../record/index.ts";
import { changeTenant } from "../tenants/index.ts";
import { month } from "../time/index.ts";
import {
  allocatePeriod,
  allocationRuleSchema,
  allocationSummary,
  explainAllocation,
  listAllocations,
  setAllocationRuleStatus,
  storeAllocationRules,
  verifyAllocation,
} from "./index.ts";

let world: AllocationWorld;
let database: Database;
let call: Call;

beforeAll(async () => {
  world = await allocationWorld();
  ({ database, call } = world);
});
afterAll(() => database.close());

const allocateSeptember = (over: object = {}) => allocatePeriod.run(call, { period: "2025-09", ...over });

describe("allocating a period", () => {
  it("says what to do when nothing was delivered", async () => {
    await expect(allocateSeptember()).rejects.toMatchObject({ kind: "missing" });
  });

  it("stores who bears what; the parts add up to the total", async () => {
    await world.deliver("CUR-1", LINES);
    await world.use({ "TEN-A": "1", "TEN-B": "2" });
    expect(await allocateSeptember()).toMatchObject({
      basis: "amortized",
      currency: "USD",
      status: "active",
      total: "28.750000000001",
      direct: "15.000000000001",
      allocated: "3",
      overhead: "9.5",
      untagged: "1.25",
      per_service: [
        {
          service: "AmazonEC2",
          total: "27.500000000001",
          direct: "15.000000000001",
          allocated: "3",
          overhead: "9.5",
          untagged: "0",
        },
        { service: "AmazonS3", total: "1.25", untagged: "1.25" },
      ],
      findings: [
        { code: "UNKNOWN_TENANT_TAG", subject: "TEN-NOBODY", cost: "7" },
        { code: "UNTAGGED_COST", service: "AmazonS3" },
      ],
    });
  });

  it("gives the same run for the same inputs, and stores nothing twice", async () => {
    const [first, again] = [await allocateSeptember(), await allocateSeptember()];
    expect(again).toEqual(first);
    expect(await allocationSummary.run(call, { period: "2025-09" })).toEqual(first);
    const [count] = await database.transaction("operator", (tx) =>
      database.rows<{ runs: number }>(tx, sql`select count(*)::int as runs from allocation_run`),
    );
    expect(count).toEqual({ runs: 1 });
  });

  it("keeps with each row its rule version, key, pool and evidence", async () => {
    const { allocations } = await listAllocations.run(call, { period: "2025-09", kind: "allocated" });
    expect(allocations).toMatchObject([
      {
        tenant_id: "TEN-A",
        rule_id: "nat-gb",
        rule_version: 1,
        category: "NAT",
        cost: "1",
        allocated_cost_usd: 1,
        key_metric: "nat_gb_processed",
        key_value: "1",
        key_total: "3",
        pool_cost: "3",
      },
      { tenant_id: "TEN-B", cost: "2", key_value: "2" },
    ]);
    const explained = await explainAllocation.run(call, { allocation_id: allocations[0]?.allocation_id ?? "" });
    expect(explained).toMatchObject({
      pool: { cost: "3", lines: 2, clauses: [{ lineType: "Usage", usageTypes: ["USE1-NatGateway-Bytes"] }] },
      deliveries: [{ delivery_id: "CUR-1", digest: "sha256:CUR-1" }],
    });
    expect(explained.query.parameters).toContain("USE1-NatGateway-Bytes");
  });

  it("pages its rows", async () => {
    const first = await listAllocations.run(call, { period: "2025-09", page_size: 4 });
    const rest = await listAllocations.run(call, {
      period: "2025-09",
      page_size: 4,
      page_token: first.next_page_token ?? "",
    });
    const ids = [...first.allocations, ...rest.allocations].map((row) => row.allocation_id);
    expect([first.allocations.length, new Set(ids).size, rest.next_page_token]).toEqual([4, ids.length, null]);
  });

  it("records its lineage", async () => {
    const summary = await allocationSummary.run(call, { period: "2025-09" });
    const [lineage] = await database.transaction("operator", (tx) =>
      listLineage(tx, { subject: "2025-09", job: "allocation" }),
    );
    expect(lineage).toMatchObject({ runId: summary.run_id, outputs: { plan_digest: summary.digest } });
  });

  it("refuses a net basis without net costs, and a currency that was not delivered", async () => {
    await expect(allocateSeptember({ currency: "EUR" })).rejects.toMatchObject({ kind: "missing" });
    await world.deliver("CUR-NET", LINES.slice(0, 1), { period: month("2025-07"), rowsWithoutNet: 3 });
    await expect(allocatePeriod.run(call, { period: "2025-07", basis: "net_amortized" })).rejects.toThrow(
      /3 rows of delivery CUR-NET/,
    );
  });

  it("asks for the currency when a period has several", async () => {
    const period = month("2025-06");
    await world.deliver("CUR-USD", LINES.slice(0, 1), { period });
    await world.deliver("CUR-CNY", LINES.slice(0, 1), { period, currency: "CNY" });
    await expect(allocatePeriod.run(call, { period })).rejects.toThrow(/CNY, USD|USD, CNY/);
    const run = await allocatePeriod.run(call, { period, currency: "CNY" });
    const { allocations } = await listAllocations.run(call, { run_id: run.run_id });
    expect(allocations[0]).toMatchObject({ currency: "CNY", cost: "10.000000000001" });
    expect(allocations[0]).not.toHaveProperty("allocated_cost_usd");
  });

  it("verifies: recomputing from what was stored gives the same rows", async () => {
    expect(await verifyAllocation.run(call, { period: "2025-09" })).toMatchObject({
      ok: true,
      checked: 6,
      recomputed_from: "daily_cost",
      first_difference: null,
    });
  });
});

describe("when something changes", () => {
  it("other usage gives a new run, which supersedes; the old usage brings the old run back", async () => {
    const before = await allocateSeptember();
    await world.use({ "TEN-A": "4" });
    const after = await allocateSeptember();
    expect(after.run_id).not.toBe(before.run_id);
    expect(await allocationSummary.run(call, { run_id: before.run_id })).toMatchObject({
      status: "superseded",
      total: before.total,
    });
    await world.use({ "TEN-A": "1" });
    expect(await allocateSeptember()).toEqual(before);
    expect(await allocationSummary.run(call, { run_id: after.run_id })).toMatchObject({ status: "superseded" });
  });

  it("usage that no rule looks at changes nothing", async () => {
    const before = await allocateSeptember();
    await world.use({ "TEN-A": "9" }, "kms_request_count");
    expect(await allocateSeptember()).toEqual(before);
  });

  it("a closed tenant's lines become the operator's", async () => {
    await world.deliver("CUR-C", [{ amortizedCost: "4", tenantTag: "TEN-C" }], { period: month("2025-08") });
    expect(await allocatePeriod.run(call, { period: "2025-08" })).toMatchObject({ direct: "4", overhead: "0" });
    await changeTenant.run(call, { tenant_id: "TEN-C", status: "closed" });
    expect(await allocatePeriod.run(call, { period: "2025-08" })).toMatchObject({ direct: "0", overhead: "4" });
  });

  it("a superseded run still verifies, from its own pools, once its delivery is gone", async () => {
    const before = await allocateSeptember();
    await database.transaction("operator", async (tx) => {
      await tx.execute(sql`delete from cost_daily where delivery_id = 'CUR-1'`);
      await tx.execute(sql`update cur_delivery set status = 'superseded' where delivery_id = 'CUR-1'`);
    });
    await world.deliver("CUR-2", [...LINES, { amortizedCost: "100", tenantTag: "TEN-B" }]);
    const after = await allocateSeptember();
    expect(after).toMatchObject({ total: "128.750000000001", direct: "115.000000000001" });
    expect(await verifyAllocation.run(call, { run_id: before.run_id })).toMatchObject({
      ok: true,
      recomputed_from: "pools",
    });
  });

  it("a rule version is immutable and effective from the next period on", async () => {
    const rule = allocationRuleSchema.parse({
      rule_id: "nat-gb",
      version: 2,
      title: "NAT evenly",
      order: 30,
      category: "NAT",
      selector: { usage_type_patterns: ["%NatGateway-%"] },
      curve: { kind: "even" },
      target: "tenants",
      effective_from: "2025-10-01",
      status: "active",
    });
    const before = await allocateSeptember();
    await database.transaction("operator", (tx) => storeAllocationRules(tx, [rule], world.now));
    expect(await allocateSeptember()).toEqual(before);
    await world.deliver("CUR-OCT", LINES.slice(3, 4), { period: month("2025-10") });
    const october = await allocatePeriod.run(call, { period: "2025-10" });
    const { allocations } = await listAllocations.run(call, { run_id: october.run_id });
    expect(allocations).toMatchObject([
      { tenant_id: "TEN-A", rule_version: 2, cost: "1.5" },
      { tenant_id: "TEN-B", rule_version: 2, cost: "1.5" },
    ]);
    const change = sql`update allocation_rules set curve = '{"kind":"linear"}' where rule_id = 'nat-gb' and version = 2`;
    await expect(database.transaction("operator", (tx) => tx.execute(change))).rejects.toThrow(/is immutable/);
    const retired = await database.transaction("operator", (tx) =>
      setAllocationRuleStatus(tx, { ...rule, status: "retired" }),
    );
    expect(retired).toBe(true);
    const again = await allocatePeriod.run(call, { period: "2025-10" });
    expect(again).toMatchObject({ allocated: "0", overhead: "3", findings: [{ code: "ZERO_KEY_TOTAL" }] });
  });
});
