import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliverCost, type InvoicingWorld, invoicingWorld } from "../../testing/invoicing.ts";
import { allocatePeriod, readBaseline } from "../allocation/index.ts";
import type { DeliveryId, InvoiceId } from "../kernel/index.ts";
import { readEntry } from "../ledger/index.ts";
import { changeTenant } from "../tenants/index.ts";
import { month, monthPeriod, type Period } from "../time/index.ts";
import {
  approveInvoice,
  billableTenants,
  exportInvoice,
  explainInvoice,
  generateInvoice,
  generatePeriodDrafts,
  getInvoice,
  listInvoiceMail,
  listLines,
  listRestatements,
  restatePeriod,
  submitInvoice,
  unbilled,
} from "./index.ts";

let house: InvoicingWorld;
const SEPTEMBER = monthPeriod(month("2025-09"));
const OCTOBER = monthPeriod(month("2025-10"));
const NOVEMBER = monthPeriod(month("2025-11"));

/** NAT of a month, all of it TEN-A's and TEN-B's by halves, and 10.5 of each tenant's own. */
const deliver = async (period: Period, delivery: DeliveryId, before: DeliveryId | undefined, nat: string) => {
  await house.world.database.transaction("operator", (tx) =>
    tx.execute(sql`update cur_delivery set status = 'superseded' where delivery_id = ${before ?? ""}`),
  );
  const own = ["TEN-A", "TEN-B"].map((tenantTag) => ({ tenantTag, cost: "10.5" }));
  await deliverCost(house.admin, delivery, period, [{ cost: nat }, ...own]);
  return allocatePeriod.run(house.admin, { period: period.start.slice(0, 7) });
};
const restated = async (delivery: DeliveryId, before: DeliveryId, nat: string) => {
  await deliver(SEPTEMBER, delivery, before, nat);
  return restatePeriod.run(house.admin, { period: "2025-09" });
};
const draft = (tenant_id: string, { start, end }: Period) =>
  generateInvoice.run(house.operator, { tenant_id, period_start: start, period_end: end });
const issue = async (invoice_id: InvoiceId, digest: string) => {
  await submitInvoice.run(house.operator, { invoice_id });
  return approveInvoice.run(house.approver, { invoice_id, digest });
};

/** Checks that find a difference, but for those of the raw files: these deliveries were put into the tables. */
const differing = async (invoice_id: InvoiceId) => {
  const { verification } = await explainInvoice.run(house.admin, { invoice_id, verify: true });
  const checks = verification?.checks ?? [];
  expect(checks).toHaveLength(11);
  return checks.filter((check) => !check.equal && check.check !== "deliveries" && check.check !== "cost_lines");
};

beforeAll(async () => {
  house = await invoicingWorld(["TEN-A", "TEN-B"]);
  for (const tenant of ["TEN-A", "TEN-B"]) await house.issued(tenant);
  // TEN-B leaves at the end of September, and is taxed by another rate from then on.
  await house.world.database.transaction("operator", (tx) =>
    tx.execute("update tenant_plan_binding set period_end = '2025-09-30' where tenant_id = 'TEN-B'"),
  );
  for (const tenant_id of ["TEN-A", "TEN-B"])
    await changeTenant.run(house.admin, {
      tenant_id,
      tax_profile: { taxes: [{ name: "VAT", jurisdiction: "DE", rate_percent: "21" }] },
    });
  house.world.clock.set("2025-11-12T08:00:00Z");
  await deliver(OCTOBER, "CUR-OCT", undefined, "0");
});
afterAll(() => house.world.close());

test("a tenant without a plan and without anything to correct gets no invoice", async () => {
  await expect(draft("TEN-B", OCTOBER)).rejects.toMatchObject({ kind: "precondition" });
  expect((await billableTenants.run(house.operator, { period: "2025-10" })).tenants).toEqual(["TEN-A"]);
});

test("a correction on the next regular invoice is taxed as the line that it corrects, whatever the tenant's rate is now", async () => {
  // 160 of NAT instead of 100: 30 more for each, at 25 percent above cost.
  await restated("CUR-2", "CUR-1", "160");
  const { invoice_id, digest } = await draft("TEN-A", OCTOBER);
  const { taxes } = await getInvoice.run(house.admin, { invoice_id });
  const { lines } = await listLines.run(house.admin, { invoice_id });
  const correction = lines.find((line) => line.line_type === "adjustment");
  expect(correction?.amount_usd).toBe(37.5);
  const others = lines.filter((line) => line !== correction).map((line) => line.line_no);
  expect(taxes).toMatchObject([
    { rate_percent: "21", base: "324.00", amount: "68.04", line_nos: others },
    { rate_percent: "19", base: "37.50", amount: "7.13", line_nos: [correction?.line_no] },
  ]);
  await issue(invoice_id, digest);
  expect(await differing(invoice_id)).toEqual([]);
});

test("a tenant who left gets an invoice of its own for what is to be corrected, and nothing else", async () => {
  expect((await billableTenants.run(house.operator, { period: "2025-10" })).tenants).toEqual(["TEN-B"]);
  expect(await unbilled.run(house.operator, { period: "2025-10" })).toEqual({ invoices: [], tenants: ["TEN-B"] });
  const { outcomes } = await generatePeriodDrafts.run(house.operator, { period: "2025-10" });
  expect(outcomes.find((one) => one.tenant_id === "TEN-B")).toMatchObject({
    outcome: "drafted",
    invoice_id: "INV-202510-B-adjustment-1",
  });
  expect(await unbilled.run(house.operator, { period: "2025-10" })).toMatchObject({
    invoices: ["INV-202510-B-adjustment-1"],
  });
  const { invoice_id, digest, changed } = await draft("TEN-B", OCTOBER);
  expect(changed).toBe(false);
  expect(await issue(invoice_id, digest)).toMatchObject({
    kind: "adjustment",
    status: "issued",
    number: "CO-2025-000004",
  });
  const { lines } = await listLines.run(house.admin, { invoice_id });
  expect(lines.map((line) => [line.line_type, line.amount_usd, line.title])).toEqual([
    ["adjustment", 37.5, "Correction of 2025-09, INV-202509-B: Private network"],
  ]);
  const shown = await getInvoice.run(house.admin, { invoice_id });
  expect(shown).toMatchObject({ subtotal_usd: 37.5, tax_usd: 7.13, plans: [] });
  expect(shown.taxes).toMatchObject([{ rate_percent: "19" }]);
  expect((await billableTenants.run(house.operator, { period: "2025-10" })).tenants).toEqual([]);
});

test("its PDF names what it corrects, and it recomputes from what is stored", async () => {
  const invoice_id = "INV-202510-B-adjustment-1";
  const pdf = await exportInvoice.run(house.admin, { invoice_id, format: "pdf" });
  expect(Buffer.from(pdf.content).subarray(0, 5).toString()).toBe("%PDF-");
  expect(await differing(invoice_id)).toEqual([]);
});

test("a correction to the tenant's favour is a numbered credit note with the tax of what it corrects, and no demand", async () => {
  // 40 of NAT instead of 160: 60 less of cost for each.
  await restated("CUR-3", "CUR-2", "40");
  house.world.clock.set("2025-12-12T08:00:00Z");
  await deliver(NOVEMBER, "CUR-NOV", undefined, "0");
  const { invoice_id, digest, total } = await draft("TEN-B", NOVEMBER);
  expect([invoice_id, total]).toEqual(["INV-202511-B-adjustment-1", "-89.25"]);
  const note = await issue(invoice_id, digest);
  expect(note).toMatchObject({ number: "CO-CN-2025-000001", status: "paid", tax_usd: -14.25, open_usd: 0 });
  const entry = await house.world.database.transaction("operator", (tx) =>
    readEntry(tx, { documentType: "invoice", documentId: invoice_id, event: "issue" }),
  );
  expect(entry.entry.lines.map((line) => [line.account.code, line.usdMinor])).toEqual([
    ["2300", -8925n],
    ["4000", 7500n],
    ["2100", 1425n],
  ]);
  const { mails } = await listInvoiceMail.run(house.admin, { invoice_id });
  expect(mails[0]?.subject).toContain("Credit note CO-CN-2025-000001");
  expect(mails[0]?.text).not.toContain("Due");
  expect(await exportInvoice.run(house.admin, { invoice_id, format: "pdf" })).toMatchObject({
    filename: "CO-CN-2025-000001.pdf",
  });
});

test("what only corrects does not make its month a billed one", async () => {
  const baseline = await house.world.database.transaction("operator", (tx) =>
    readBaseline(tx, { period: NOVEMBER, basis: "amortized", currency: "USD" }),
  );
  expect(baseline).toBeUndefined();
});

test("once corrected a tenant who left is owed nothing more", async () => {
  const { invoices } = await listRestatements.run(house.admin, { period: "2025-09" });
  expect(invoices.find((one) => one.tenant_id === "TEN-B")).toMatchObject({ outcome: "none", amount_usd_exact: "0" });
});
