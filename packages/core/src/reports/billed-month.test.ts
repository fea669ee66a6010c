import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type InvoicingWorld, invoicingWorld } from "../../testing/invoicing.ts";
import { trialBalance } from "../ledger/index.ts";
import { approvePayment, invoicePayments, recordPayment } from "../payments/index.ts";
import { runReconciliation } from "../reconciliation/index.ts";
import type { Call } from "../record/index.ts";
import { corridor, kpis } from "./index.ts";

let month: InvoicingWorld;
let finance: Call;
const TENANTS = ["TEN-ACME", "TEN-BETA"];
const period = "2025-09";
beforeAll(async () => {
  month = await invoicingWorld(TENANTS);
  finance = callAs(month.world, actorOf("finance", "fred"));
});
afterAll(() => month.world.close());

const run = () => runReconciliation.run(finance, { period });
const verdictOf = (found: Awaited<ReturnType<typeof run>>, name: string) =>
  found.checks.find((check) => check.check === name);
const stations = async () =>
  Object.fromEntries(
    (await corridor.run(finance, { period })).stations.map((station) => [station.station, station.state]),
  );

const payInFull = async (invoiceId: `INV-${string}`) => {
  const { open_usd_exact: amount } = await invoicePayments.run(finance, { invoice_id: invoiceId });
  const payment = await recordPayment.run(finance, {
    invoice_id: invoiceId,
    method: "bank_transfer",
    amount_usd: amount ?? "0",
    provider_ref: `UTR-${invoiceId}`,
  });
  return approvePayment.run(month.approver, { payment_id: payment.payment_id, digest: payment.digest });
};

test("a month that is drafted, approved, issued and paid reconciles without rest", async () => {
  const before = await run();
  expect(before).toMatchObject({ status: "ok", aws_total_usd: 121, allocated_total_usd: 121, variance_usd: 0 });
  expect(verdictOf(before, "margin")).toMatchObject({ verdict: "not_applicable" });
  const issued = [];
  for (const tenantId of TENANTS) issued.push(await month.issued(tenantId));
  const billed = await run();
  expect(billed.status).toBe("ok");
  expect(verdictOf(billed, "margin")).toMatchObject({ verdict: "ok", difference_usd: "0" });
  expect(await stations()).toMatchObject({ issued: "ok", paid: "waiting", reconciled: "ok", books: "ok" });
  for (const invoice of issued) await payInFull(invoice.invoice_id);
  await run();
  expect(await stations()).toEqual({
    cur: "ok",
    cost: "ok",
    allocation: "ok",
    drafts: "ok",
    approval: "ok",
    issued: "ok",
    paid: "ok",
    reconciled: "ok",
    books: "ok",
  });
  expect(await trialBalance.run(finance, {})).toMatchObject({ is_balanced: true });
});

test("its margin is revenue less the cost that AWS charged for the tenants, and nothing is receivable any more", async () => {
  const figures = await kpis.run(finance, { period });
  expect(figures).toMatchObject({ cost_usd: 121, receivables: { open_usd: 0, ledger_usd: 0 } });
  expect(figures.gross_margin_usd).toBeCloseTo(figures.revenue_usd - 121, 6);
  expect(figures.tenants.map((tenant) => tenant.tenant_id)).toEqual(TENANTS);
});
