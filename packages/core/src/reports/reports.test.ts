import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type AllocationWorld, allocationWorld } from "../../testing/allocation-world.ts";
import { placeInvoice } from "../../testing/invoices.ts";
import { activeRuns, allocatePeriod, readAllocatedRows } from "../allocation/index.ts";
import type { TenantId } from "../kernel/index.ts";
import { issueEntry, postEntry } from "../ledger/index.ts";
import { approvePayment, recordPayment } from "../payments/index.ts";
import { runReconciliation } from "../reconciliation/index.ts";
import type { Call, Role } from "../record/index.ts";
import { day, month, monthPeriod } from "../time/index.ts";
import { corridor, kpis } from "./index.ts";

let world: AllocationWorld;
const A = "TEN-A" as TenantId;
const september = month("2025-09");
const as = (role: Role, name?: string): Call => callAs(world.call.world, actorOf(role, name));
const overview = (call: Call) => corridor.run(call, { period: september });
const stations = async () =>
  Object.fromEntries((await overview(as("finance"))).stations.map((station) => [station.station, station]));

const placeIssued = async () => {
  const ids = await world.database.transaction("operator", async (tx) => {
    const [run] = await activeRuns(tx, { period: monthPeriod(september), basis: "amortized" });
    return run ? (await readAllocatedRows(tx, run.runId, { tenantId: A })).map((row) => row.id.toString()) : [];
  });
  await placeInvoice(world.database, {
    invoiceId: "INV-202509-A",
    tenantId: A,
    period: monthPeriod(september),
    entityId: "MAIN",
    issueDate: day("2025-10-04"),
    lines: [
      { lineType: "subscription", amountMinor: 5_000n },
      { lineType: "allocation", amountMinor: 2_000n, costUsd: "10", allocationIds: ids },
    ],
  });
};

const postIssued = () =>
  world.database.transaction("operator", (tx) => {
    const amount = { minor: 7_000n, usdMinor: 7_000n };
    const entry = issueEntry({
      invoiceId: "INV-202509-A",
      number: "CO-1",
      tenantId: A,
      issueDate: day("2025-10-04"),
      currency: "USD",
      total: amount,
      revenue: new Map([["platform", amount]]),
      tax: { minor: 0n, usdMinor: 0n },
    });
    return postEntry(tx, entry, { journalId: "JRN-1", now: world.now });
  });

const pay = () =>
  recordPayment.run(as("finance", "fred"), {
    invoice_id: "INV-202509-A",
    method: "bank_transfer",
    amount_usd: "30",
    provider_ref: "UTR-1",
    received_on: "2025-09-30",
  });

beforeAll(async () => {
  world = await allocationWorld();
});
afterAll(() => world.database.close());

test("an empty month has an overview, and no key figures", async () => {
  expect(new Set(Object.values(await stations()).map((station) => station.state))).toEqual(new Set(["empty"]));
  await expect(kpis.run(as("finance"), { period: september })).rejects.toMatchObject({ kind: "missing" });
});

test("the overview follows the period through its rooms", async () => {
  const lines = [
    { amortizedCost: "10", unblendedCost: "10", tenantTag: "TEN-A" },
    { amortizedCost: "2", unblendedCost: "2", lineItemType: "Tax" },
  ];
  await world.deliver("CUR-1", lines, {});
  expect(await stations()).toMatchObject({ cur: { state: "ok", amount_usd: 12 }, allocation: { state: "waiting" } });
  await allocatePeriod.run(world.call, { period: september });
  await placeIssued();
  expect(await stations()).toMatchObject({
    allocation: { state: "ok", count: 1, amount_usd: 10 },
    issued: { state: "ok", count: 1, amount_usd: 70, amount_usd_exact: "70" },
    paid: { state: "waiting", amount_usd: 0 },
    reconciled: { state: "waiting" },
    books: { state: "failed", message: "0 of 1 documents are posted" },
  });
  await postIssued();
  await runReconciliation.run(as("finance"), { period: september });
  expect(await stations()).toMatchObject({
    reconciled: { state: "ok", age_seconds: 0 },
    books: { state: "ok", count: 1 },
  });
});

test("what waits for me is what I may decide and did not prepare", async () => {
  const payment = await pay();
  const waiting = async (call: Call) => (await overview(call)).waits_for_me.approvals;
  expect(await waiting(as("approver"))).toMatchObject({ count: 1, first: [{ subject_id: payment.payment_id }] });
  expect(await waiting(as("finance"))).toMatchObject({ count: 0, first: [] });
  expect(await waiting(as("admin", "fred"))).toMatchObject({ count: 0 });
  await approvePayment.run(as("approver"), { payment_id: payment.payment_id, digest: payment.digest });
  expect(await waiting(as("approver"))).toMatchObject({ count: 0, oldest_at: null });
  expect(await stations()).toMatchObject({
    paid: { amount_usd: 30 },
    reconciled: { state: "waiting" },
    books: { count: 2 },
  });
});

test("key figures come from the stored rows: revenue, cost, margin, cash, and receivables as the books have them", async () => {
  const figures = await kpis.run(as("auditor"), { period: september });
  expect(figures).toMatchObject({
    revenue_usd: 70,
    recurring_revenue_usd: 50,
    cost_usd: 10,
    operator_overhead_usd: 2,
    aws_total_usd: 12,
    gross_margin_usd: 60,
    gross_margin_pct: 85.714286,
    margin_after_overhead_usd_exact: "58",
    cost_variance: null,
    received_usd: 30,
    receivables: { open_usd: 40, ledger_usd: 40 },
    tenants: [{ tenant_id: "TEN-A", margin_usd: 60 }],
    signals: { reconciliation: "ok", pending_approvals: 0 },
  });
});

test("cost variance is against the month before, where that was allocated", async () => {
  await world.deliver("CUR-AUG", [{ amortizedCost: "8", unblendedCost: "8", usageDate: day("2025-08-03") }], {
    period: month("2025-08"),
  });
  await allocatePeriod.run(world.call, { period: "2025-08" });
  expect((await kpis.run(as("finance"), { period: september })).cost_variance).toMatchObject({
    previous_period: "2025-08",
    previous_aws_total_usd: 8,
    change_usd: 4,
    change_pct: 50,
  });
});

test("a tenant's token reaches neither", async () => {
  const tenant = callAs(world.call.world, actorOf("tenant_admin", "tina", A));
  await expect(overview(tenant)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(kpis.run(tenant, { period: september })).rejects.toMatchObject({ kind: "forbidden" });
});
