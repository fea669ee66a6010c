import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import { costDaily, curDelivery } from "../cost/cost.sql.ts";
import type { DeliveryId, RunId, TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import { type Call, listLineage, type World } from "../record/index.ts";
import { changeTenant, createTenant, putLegalEntity } from "../tenants/index.ts";
import { day, month, monthPeriod } from "../time/index.ts";
import { recordUsage } from "../usage/index.ts";
import {
  activeRuns,
  allocatePeriod,
  allocationRuleSchema,
  allocationSummary,
  explainAllocation,
  listAllocations,
  readAllocatedRows,
  setAllocationRuleStatus,
  storeAllocationRules,
  verifyAllocation,
} from "./index.ts";

let database: Database;
let call: Call;

const at = new Date("2025-10-05T08:00:00Z");
const september = month("2025-09");

const delivery = (over: Partial<typeof curDelivery.$inferInsert> = {}): typeof curDelivery.$inferInsert => ({
  deliveryId: "CUR-1",
  period: september,
  currency: "USD",
  format: "cur2",
  status: "active",
  isFinal: true,
  rows: 0,
  splitRows: 0,
  unblendedCost: "0",
  amortizedCost: "0",
  netUnblendedCost: "0",
  netAmortizedCost: "0",
  upfrontPurchase: "0",
  amortizedUpfront: "0",
  rowsWithoutNet: 0,
  rowsWithoutInvoice: 0,
  payers: [],
  digest: "sha256:raw",
  rawFiles: [],
  columnarFiles: [],
  dailyDigest: "sha256:daily",
  createdAt: at,
  ...over,
});

type Line = Partial<typeof costDaily.$inferInsert> & { readonly amortizedCost: string };

const deliver = (deliveryId: DeliveryId, lines: readonly Line[], over: Partial<typeof curDelivery.$inferInsert> = {}) =>
  database.transaction("operator", async (tx) => {
    await tx.insert(curDelivery).values(delivery({ deliveryId, digest: `sha256:${deliveryId}`, ...over }));
    await tx.insert(costDaily).values(
      lines.map((line, index) => ({
        deliveryId,
        groupNo: index + 1,
        period: over.period ?? september,
        usageDate: day("2025-09-03"),
        tagState: line.tenantTag === undefined ? ("absent" as const) : ("present" as const),
        service: "AmazonEC2",
        usageType: "BoxUsage",
        lineItemType: "Usage",
        account: "1",
        region: "us-east-1",
        payer: "1",
        billingEntity: "AWS",
        provider: "AWS",
        isUpfront: false,
        usageAmount: "1",
        unblendedCost: "0",
        netUnblendedCost: "0",
        netAmortizedCost: "0",
        upfrontPurchase: "0",
        amortizedUpfront: "0",
        rowCount: 2,
        ...line,
      })),
    );
  });

const LINES: readonly Line[] = [
  { amortizedCost: "10.000000000001", tenantTag: "TEN-A" },
  { amortizedCost: "5", tenantTag: "TEN-A", usageDate: day("2025-09-04") },
  { amortizedCost: "7", tenantTag: "TEN-NOBODY" },
  { amortizedCost: "3", usageType: "USE1-NatGateway-Bytes" },
  { amortizedCost: "2.5", lineItemType: "Tax" },
  { amortizedCost: "1.25", service: "AmazonS3", usageType: "Requests-Tier1" },
];

const use = (values: Record<string, string>, metric = "nat_gb_processed") =>
  recordUsage.run(call, {
    snapshots: Object.entries(values).map(([tenant_id, metric_value]) => ({
      tenant_id,
      metric_code: metric,
      metric_value,
      usage_date: "2025-09-10",
    })),
  });

const allocateSeptember = (over: object = {}) => allocatePeriod.run(call, { period: "2025-09", ...over });

beforeAll(async () => {
  database = await testDatabase();
  const world = { database, files: memoryFiles(), clock: testClock(at.toISOString()) } as unknown as World;
  call = callAs(world, actorOf("admin"));
  await putLegalEntity.run(call, {
    entity_id: "MAIN",
    name: "Main",
    address_lines: ["1 Street"],
    country: "US",
    tax_ids: [],
    currency: "USD",
    fiscal_year_start_month: 1,
    time_zone: "UTC",
    number_prefix: "INV",
    payment_instructions: "",
    email: "billing@example.com",
  });
  for (const id of ["TEN-A", "TEN-B", "TEN-C"])
    await createTenant.run(call, {
      tenant_id: id,
      tenant_name: id,
      billing_contact: { name: "Ada", email: "ada@example.com" },
    });
});
afterAll(() => database.close());

describe("allocating a period", () => {
  it("says what to do when nothing was delivered", async () => {
    await expect(allocateSeptember()).rejects.toMatchObject({ kind: "missing" });
  });

  it("stores who bears what; the parts add up to the total", async () => {
    await deliver("CUR-1", LINES);
    await use({ "TEN-A": "1", "TEN-B": "2" });
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
    await deliver("CUR-NET", LINES.slice(0, 1), { period: month("2025-07"), rowsWithoutNet: 3 });
    await expect(allocatePeriod.run(call, { period: "2025-07", basis: "net_amortized" })).rejects.toThrow(
      /3 rows of delivery CUR-NET/,
    );
  });

  it("asks for the currency when a period has several", async () => {
    const period = month("2025-06");
    await deliver("CUR-USD", LINES.slice(0, 1), { period });
    await deliver("CUR-CNY", LINES.slice(0, 1), { period, currency: "CNY" });
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
    await use({ "TEN-A": "4" });
    const after = await allocateSeptember();
    expect(after.run_id).not.toBe(before.run_id);
    expect(await allocationSummary.run(call, { run_id: before.run_id })).toMatchObject({
      status: "superseded",
      total: before.total,
    });
    await use({ "TEN-A": "1" });
    expect(await allocateSeptember()).toEqual(before);
    expect(await allocationSummary.run(call, { run_id: after.run_id })).toMatchObject({ status: "superseded" });
  });

  it("usage that no rule looks at changes nothing", async () => {
    const before = await allocateSeptember();
    await use({ "TEN-A": "9" }, "egress_gb");
    expect(await allocateSeptember()).toEqual(before);
  });

  it("a closed tenant's lines become the operator's", async () => {
    await deliver("CUR-C", [{ amortizedCost: "4", tenantTag: "TEN-C" }], { period: month("2025-08") });
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
    await deliver("CUR-2", [...LINES, { amortizedCost: "100", tenantTag: "TEN-B" }]);
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
    await database.transaction("operator", (tx) => storeAllocationRules(tx, [rule], at));
    expect(await allocateSeptember()).toEqual(before);
    await deliver("CUR-OCT", LINES.slice(3, 4), { period: month("2025-10") });
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

describe("the database", () => {
  const run = (query: ReturnType<typeof sql>) => database.transaction("operator", (tx) => tx.execute(query));
  const activeRun = async (): Promise<RunId> => {
    const [active] = await database.transaction("operator", (tx) =>
      activeRuns(tx, { period: monthPeriod(september), basis: "amortized" }),
    );
    if (!active) throw new Error("no active run");
    return active.runId;
  };

  it("keeps rows, pools and totals of a run as they were stored", async () => {
    const runId = await activeRun();
    await expect(run(sql`update fact_cost_allocated set cost = 0 where run_id = ${runId}`)).rejects.toThrow(
      /append-only/,
    );
    await expect(run(sql`delete from allocation_pool where run_id = ${runId}`)).rejects.toThrow(/append-only/);
    await expect(
      run(sql`update allocation_run set total_cost = 0, direct_cost = 0 where run_id = ${runId}`),
    ).rejects.toThrow(/cannot be changed/);
    const copy = sql`insert into fact_cost_allocated (run_id, pool_no, kind, reason, period_start, period_end, service, category, currency, cost, pool_cost, source_line_ids, evidence_links, created_at)
      select run_id, pool_no, 'overhead', 'rule', period_start, period_end, service, category, currency, 1, 1, '{}', '[]', created_at from fact_cost_allocated where run_id = ${runId} and kind = 'direct' limit 1`;
    await expect(run(copy)).rejects.toThrow(/no row can be added/);
  });

  const fake = (runId: string, totals: ReturnType<typeof sql>) => sql`
    insert into allocation_run select ${runId}, period_start, period_end, basis, currency, deliveries, delivery_digest, rules_digest, usage_digest,
      tenants_digest, ${runId}, plan_digest, ${totals}, 'recording', created_at from allocation_run where status = 'active' limit 1`;

  it("refuses totals that do not add up", async () => {
    await expect(run(fake("RUN-X", sql`5, 1, 1, 1, 1`))).rejects.toThrow(/allocation_conserved/);
  });

  it("refuses a run whose rows are not its totals, at commit", async () => {
    const store = database.transaction("operator", async (tx) => {
      await tx.execute(fake("RUN-Y", sql`4, 1, 1, 1, 1`));
      await tx.execute(sql`update allocation_run set status = 'superseded' where run_id = 'RUN-Y'`);
    });
    await expect(store).rejects.toThrow(/do not add up to its totals/);
  });

  it("refuses a pool whose rows do not add up to it, at commit", async () => {
    const store = database.transaction("operator", async (tx) => {
      await tx.execute(fake("RUN-Z", sql`0, 0, 0, 0, 0`));
      await tx.execute(
        sql`insert into allocation_pool values ('RUN-Z', 1, 'tax', 'AmazonEC2', 'OTHER', null, null, null, 5, 1, '[]')`,
      );
      await tx.execute(sql`update allocation_run set status = 'superseded' where run_id = 'RUN-Z'`);
    });
    await expect(store).rejects.toThrow(/pool 1 of AmazonEC2 is 5/);
  });

  it("refuses a run that stays unfinished", async () => {
    await expect(run(fake("RUN-W", sql`0, 0, 0, 0, 0`))).rejects.toThrow(/was not finished/);
  });

  it("shows a tenant its own rows only, and neither pools nor inputs", async () => {
    const runId = await activeRun();
    await database.transaction({ tenantId: "TEN-B" as TenantId }, async (tx) => {
      const rows = await readAllocatedRows(tx, runId);
      expect(new Set(rows.map((row) => row.tenantId))).toEqual(new Set(["TEN-B"]));
      for (const table of ["allocation_pool", "allocation_input", "allocation_finding"])
        expect(await database.rows(tx, sql.raw(`select 1 from ${table}`))).toEqual([]);
    });
  });

  it("names the first row that differs when a stored row was tampered with", async () => {
    const runId = await activeRun();
    await database.transaction("operator", async (tx) => {
      await tx.execute(sql`reset role`);
      await tx.execute(sql`alter table fact_cost_allocated disable trigger append_only`);
      await tx.execute(
        sql`update fact_cost_allocated set cost = cost + 1 where run_id = ${runId} and tenant_id = 'TEN-B' and kind = 'allocated'`,
      );
    });
    expect(await verifyAllocation.run(call, { run_id: runId })).toMatchObject({
      ok: false,
      first_difference: {
        run_id: runId,
        tenant_id: "TEN-B",
        service: "AmazonEC2",
        rule: "nat-gb@1",
        field: "cost",
        stored: "3.000000000000",
        recomputed: "2.000000000000",
      },
    });
  });
});
