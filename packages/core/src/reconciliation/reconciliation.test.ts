import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import { placeInvoice } from "../../testing/invoices.ts";
import { activeRuns, allocatePeriod, readAllocatedRows } from "../allocation/index.ts";
import type { ExceptionId, TenantId } from "../kernel/index.ts";
import { approvePayment, recordPayment } from "../payments/index.ts";
import { periodVerdicts } from "../periods/index.ts";
import type { Call } from "../record/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import {
  dailyReconciliation,
  reconciliationExceptions,
  reconciliationSummary,
  resolveException,
  runReconciliation,
} from "./index.ts";

let world: AllocationWorld;
let finance: Call;
const A = "TEN-A" as TenantId;
const september = month("2025-09");
beforeAll(async () => {
  world = await allocationWorld();
  finance = callAs(world.call.world, actorOf("finance"));
});
afterAll(() => world.database.close());

const run = (call = finance) => runReconciliation.run(call, { period: september });
const summary = () => reconciliationSummary.run(finance, { period: september });
const exceptions = async (state?: "open" | "resolved" | "accepted") =>
  (await reconciliationExceptions.run(finance, { period: september, state })).exceptions;
const verdicts = async () => {
  const rows = await world.database.transaction("operator", (tx) => periodVerdicts(tx, september));
  return Object.fromEntries(rows.map((row) => [row.checkName, row.verdict]));
};
const tenantRows = () =>
  world.database.transaction("operator", async (tx) => {
    const [active] = await activeRuns(tx, { period: monthPeriod(september), basis: "amortized" });
    return active ? readAllocatedRows(tx, active.runId, { tenantId: A }) : [];
  });

test("a period without an allocation cannot be reconciled, and has no summary", async () => {
  await expect(run()).rejects.toMatchObject({ kind: "precondition" });
  await expect(summary()).rejects.toMatchObject({ kind: "missing" });
});

test("an allocated period reconciles: what AWS charged is what tenants and operator bear, before anything is stored too", async () => {
  await world.deliver("CUR-1", LINES, {});
  await world.use({ "TEN-A": "1", "TEN-B": "2" });
  await allocatePeriod.run(world.call, { period: "2025-09" });
  const before = await summary();
  expect(before).toMatchObject({ recon_id: null, is_current: true, aws_total_usd: 28.75, variance_usd: 0 });
  const stored = await run();
  expect(stored).toMatchObject({
    period: "2025-09",
    basis: "amortized",
    aws_total_usd: 28.75,
    aws_total_usd_exact: "28.750000000001",
    allocated_total_usd: 18,
    operator_overhead_usd_exact: "10.75",
    invoiced_total_usd: 0,
    variance_usd_exact: "0",
    variance_pct: 0,
  });
  expect(await summary()).toEqual({ ...stored, is_current: true });
});

test("the verdicts that issuing looks at say what failed: an identity that stays open blocks", async () => {
  expect(await verdicts()).toMatchObject({
    conservation: "ok",
    identity: "failed",
    bill: "not_applicable",
    tagging: "warning",
  });
  expect((await summary()).status).toBe("failed");
});

test("the same figures are the same reconciliation, also when two run at once", async () => {
  const first = await run();
  const again = await Promise.all([run(), run(callAs(world.call.world, actorOf("admin")))]);
  expect(again).toEqual([first, first]);
  const rows = await world.database.transaction("operator", (tx) =>
    world.database.rows<{ n: number }>(tx, sql`select count(*)::int as n from recon_summary`),
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test("invoiced is allocated and margin once the tenant's cost is on its invoice", async () => {
  const rows = await tenantRows();
  const ids = rows.map((row) => row.id.toString());
  await placeInvoice(world.database, {
    invoiceId: "INV-202509-A",
    tenantId: A,
    period: monthPeriod(september),
    entityId: "MAIN",
    lines: [
      { lineType: "allocation", amountMinor: 2_000n, costUsd: "16.000000000001", allocationIds: ids },
      { amountMinor: 5_000n, discountMinor: 1_000n },
    ],
  });
  const found = await run();
  expect(found).toMatchObject({ invoiced_total_usd: 60, margin_total_usd_exact: "43.999999999999" });
  expect(found.checks.find((check) => check.check === "margin")).toMatchObject({ verdict: "ok", difference_usd: "0" });
  expect(found.checks.find((check) => check.check === "invoice")).toMatchObject({ verdict: "ok" });
});

test("an overdue invoice is one exception over several runs, and resolves itself when it is paid", async () => {
  const late = callAs(
    { ...finance.world, clock: { ...finance.world.clock, now: () => new Date("2026-09-01T08:00:00Z") } },
    finance.actor,
  );
  const overdue = async () => (await exceptions()).filter((each) => each.category === "Payment");
  expect(await overdue()).toEqual([]);
  await run(late);
  await run(late);
  expect(await overdue()).toMatchObject([{ status: "open", tenant_id: A, variance_pct: 100 }]);
  const payment = await recordPayment.run(late, {
    invoice_id: "INV-202509-A",
    method: "bank_transfer",
    amount_usd: 60,
    provider_ref: "UTR-1",
  });
  const approver = callAs(late.world, actorOf("approver", "anna"));
  await approvePayment.run(approver, { payment_id: payment.payment_id, digest: payment.digest });
  await run(late);
  expect(await overdue()).toMatchObject([
    { status: "resolved", reason: expect.stringContaining("not found any more") },
  ]);
});

test("new cost after the allocation fails conservation until the period is allocated again; cost_plus then differs", async () => {
  await world.deliver("CUR-2", [{ amortizedCost: "1", tenantTag: "TEN-A" }], {});
  expect(await summary()).toMatchObject({ is_current: false });
  expect(await run()).toMatchObject({ status: "failed", variance_usd: 1 });
  expect(await verdicts()).toMatchObject({ conservation: "failed" });
  await allocatePeriod.run(world.call, { period: "2025-09" });
  await run();
  expect(await verdicts()).toMatchObject({ conservation: "ok", invoice: "warning", margin: "warning" });
  const open = await exceptions("open");
  expect(open.filter((each) => each.check === "conservation")).toEqual([]);
  expect(open.find((each) => each.check === "invoice")).toMatchObject({
    tenant_id: A,
    category: "Invoice",
    evidence: { service: "AmazonEC2" },
  });
});

test("an exception is accepted with a reason once, stays accepted while it is the same, and needs the right scope", async () => {
  const [target] = (await exceptions("open")).filter((each) => each.check === "invoice");
  const id = (target?.exception_id ?? "EXC-none") as ExceptionId;
  const accept = (call = finance) =>
    resolveException.run(call, { exception_id: id, reason: "billed next month", status: "accepted" });
  await expect(accept(callAs(finance.world, actorOf("approver")))).rejects.toMatchObject({ kind: "forbidden" });
  const accepted = await accept();
  expect(accepted).toMatchObject({ status: "accepted", reason: "billed next month", owner: "USR-finance" });
  expect(await accept()).toEqual(accepted);
  await world.deliver("CUR-3", [{ amortizedCost: "1", tenantTag: "TEN-B" }], {});
  await allocatePeriod.run(world.call, { period: "2025-09" });
  await run();
  expect((await exceptions("accepted")).map((each) => each.exception_id)).toContain(id);
});

test("a day compares what was confirmed with what is posted, by provider", async () => {
  const day = (date: string) => dailyReconciliation.run(finance, { date });
  expect(await day("2026-09-01")).toMatchObject({
    status: "ok",
    providers: [{ provider: "bank", received_usd: 60, posted_usd: 60, variance_usd: 0, payments_apart: [] }],
  });
  expect(await day("2026-09-02")).toMatchObject({ status: "ok", providers: [] });
});

test("a tenant's token reaches no reconciliation", async () => {
  const tenant = callAs(finance.world, actorOf("tenant_admin", "tina", A));
  await expect(reconciliationSummary.run(tenant, { period: september })).rejects.toMatchObject({ kind: "forbidden" });
});
