import { getTableColumns } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import {
  allocationFinding,
  allocationInput,
  allocationPool,
  allocationRules,
  allocationRun,
  factCostAllocated,
} from "./allocation.sql.ts";
import { allocatePeriod } from "./index.ts";
import { costDaily, costPeriod, curDelivery } from "../cost/cost.sql.ts";
import { tenantMaster } from "../tenants/tenants.sql.ts";
import { usagePeriod, usageSnapshotDaily } from "../usage/usage.sql.ts";
import { readRows } from "../record/index.ts";
import { auditEvent } from "../record/record.sql.ts";

let world: AllocationWorld;

beforeAll(async () => {
  world = await allocationWorld();
  await world.deliver("CUR-1", LINES);
  await world.use({ "TEN-A": "0.1", "TEN-B": "12345678901234567890.123456789012" });
  await allocatePeriod.run(world.call, { period: "2025-09" });
});
afterAll(() => world.database.close());

describe("rows that are read as lists of their columns", () => {
  const tables: Readonly<Record<string, PgTable>> = {
    allocationFinding,
    allocationInput,
    allocationPool,
    allocationRules,
    allocationRun,
    auditEvent,
    costDaily,
    costPeriod,
    curDelivery,
    factCostAllocated,
    tenantMaster,
    usagePeriod,
    usageSnapshotDaily,
  };

  it.each(Object.entries(tables))(
    "say of %s what a plain select says: decimals, days, instants, JSON, nothing",
    async (_, table) => {
      await world.database.transaction("operator", async (tx) => {
        const plain = await tx.select().from(table);
        expect(plain.length).toBeGreaterThan(0);
        expect(await readRows(tx, getTableColumns(table), tx.select().from(table))).toEqual(plain);
      });
    },
  );

  it("come in the order of the query, and are none where it finds none", async () => {
    await world.database.transaction("operator", async (tx) => {
      const { id, cost } = factCostAllocated;
      const query = tx.select({ id, cost }).from(factCostAllocated).orderBy(cost);
      const rows = await readRows(tx, { id, cost }, query);
      expect(rows.map((row) => row.cost)).toEqual(
        rows.map((row) => row.cost).toSorted((a, b) => Number(a) - Number(b)),
      );
      expect(rows).toEqual(await query);
      expect(await readRows(tx, { id, cost }, tx.select({ id, cost }).from(factCostAllocated).limit(0))).toEqual([]);
    });
  });
});
