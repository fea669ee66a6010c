import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import type { RunId, TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Call } from "../record/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { activeRuns, allocatePeriod, readAllocatedRows, verifyAllocation } from "./index.ts";

let world: AllocationWorld;
let database: Database;
let call: Call;

beforeAll(async () => {
  world = await allocationWorld();
  ({ database, call } = world);
  await world.deliver("CUR-1", LINES);
  await world.use({ "TEN-A": "1", "TEN-B": "2" });
  await allocatePeriod.run(call, { period: "2025-09" });
});
afterAll(() => database.close());

describe("the database", () => {
  const run = (query: ReturnType<typeof sql>) => database.transaction("operator", (tx) => tx.execute(query));
  const activeRun = async (): Promise<RunId> => {
    const [active] = await database.transaction("operator", (tx) =>
      activeRuns(tx, { period: monthPeriod(month("2025-09")), basis: "amortized" }),
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

  it("refuses a row of a pool or a tenant that is not there, and keeps a tenant that rows refer to", async () => {
    const add = (pool: number, tenantId: string) =>
      database.transaction("operator", async (tx) => {
        await tx.execute(fake("RUN-V", sql`0, 0, 0, 0, 0`));
        await tx.execute(
          sql`insert into allocation_pool values ('RUN-V', 1, 'tax', 'AmazonEC2', 'OTHER', null, null, null, 0, 1, '[]')`,
        );
        await tx.execute(sql`insert into fact_cost_allocated (run_id, pool_no, kind, reason, tenant_id, period_start, period_end, service, category, currency, cost, pool_cost, source_line_ids, evidence_links, created_at)
          select 'RUN-V', ${pool}::int, 'direct', 'tagged', ${tenantId}::text, period_start, period_end, 'AmazonEC2', 'OTHER', currency, 0, 0, '{}', '[]', created_at from allocation_run where run_id = 'RUN-V'`);
        throw new Error("taken");
      });
    await expect(add(1, "TEN-A")).rejects.toThrow("taken");
    await expect(add(2, "TEN-A")).rejects.toThrow(/RUN-V has no pool 2/);
    await expect(add(1, "TEN-NONE")).rejects.toThrow(/no tenant TEN-NONE/);
    await expect(run(sql`delete from tenant_master where tenant_id = 'TEN-A'`)).rejects.toThrow(/never deleted/);
    const rename = sql`update tenant_master set tenant_id = 'TEN-Z' where tenant_id = 'TEN-A'`;
    await expect(run(rename)).rejects.toThrow(/never changes/);
  });

  it("refuses a pool of a rule version or of a query that is not there", async () => {
    const add = (pool: ReturnType<typeof sql>) =>
      database.transaction("operator", async (tx) => {
        await tx.execute(fake("RUN-U", sql`0, 0, 0, 0, 0`));
        await tx.execute(sql`insert into allocation_pool values ('RUN-U', 1, 'rule', 'AmazonEC2', 'OTHER', ${pool})`);
        throw new Error("taken");
      });
    const query = sql`(select query_id from allocation_pool limit 1)`;
    await expect(add(sql`'nat-gb', 1, null, 0, 1, '[]', ${query}`)).rejects.toThrow("taken");
    await expect(add(sql`'nat-gb', 9, null, 0, 1, '[]', ${query}`)).rejects.toThrow(
      /no version 9 of the allocation rule nat-gb/,
    );
    await expect(add(sql`null, null, null, 0, 1, '[]', 'Q-NONE'`)).rejects.toThrow(/no evidence query Q-NONE/);
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
