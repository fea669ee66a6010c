import { z } from "zod";
import { dayInput, invalid, pageInput, pageOf, pageRequest, tenantIdInput } from "../kernel/index.ts";
import { assertOwnTenant, view } from "../record/index.ts";
import { peakSeats, readSeats, readTenant } from "../tenants/index.ts";
import { type Day, day, dayOf, period } from "../time/index.ts";
import { utilizationOf } from "./quota.ts";
import { snapshotKey } from "./snapshot.ts";
import { pageSnapshots, readPeriodUsage } from "./usage.store.ts";

const EARLIEST = day("2000-01-01");

const range = (from: Day | undefined, to: Day | undefined, today: Day) => {
  const [start, end] = [from ?? EARLIEST, to ?? today];
  if (end < start) throw invalid("to", `${end} is before from (${start})`);
  return period(start, end);
};

/** Snapshots by tenant, metric and days; the current version of each. */
export const listUsage = view(
  "usage.list",
  {
    needs: "usage:read",
    input: z.object({
      tenant_id: tenantIdInput.optional(),
      metric_code: z.string().optional(),
      from: dayInput.optional(),
      to: dayInput.optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    if (input.tenant_id !== undefined) assertOwnTenant(door, input.tenant_id);
    const request = pageRequest(input.page_size, input.page_token);
    const filter = {
      tenantIds: input.tenant_id === undefined ? undefined : [input.tenant_id],
      metricCodes: input.metric_code === undefined ? undefined : [input.metric_code],
    };
    const rows = await door.load((tx) =>
      pageSnapshots(tx, range(input.from, input.to, dayOf(door.now)), filter, request),
    );
    const page = pageOf(rows, request, snapshotKey);
    return {
      items: page.rows.map((row) => ({
        tenant_id: row.tenantId,
        metric_code: row.metricCode,
        metric_value: Number(row.metricValue),
        metric_value_exact: row.metricValue,
        usage_date: row.usageDate,
      })),
      next_page_token: page.nextToken ?? null,
    };
  },
);

/** Assigned seats against the users that were seen, over some days. */
export const seatUsage = view(
  "usage.seats",
  {
    needs: "usage:read",
    input: z.object({ tenant_id: tenantIdInput, from: dayInput.optional(), to: dayInput.optional() }),
  },
  async (door, input) => {
    assertOwnTenant(door, input.tenant_id);
    const days = range(input.from, input.to, dayOf(door.now));
    const tenantIds = [input.tenant_id];
    return door.load(async (tx) => {
      await readTenant(tx, input.tenant_id);
      const [usage] = await readPeriodUsage(tx, days, { tenantIds, metricCodes: ["active_users"] });
      const seats = peakSeats(await readSeats(tx, tenantIds), days);
      const active = usage?.value ?? "0";
      const utilization = utilizationOf(active, String(seats));
      return { active_users: Number(active), seats, utilization: utilization === null ? null : Number(utilization) };
    });
  },
);
