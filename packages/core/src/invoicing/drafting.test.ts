import { afterAll, beforeAll, expect, test } from "vitest";
import { planOf } from "../../testing/draft-source.ts";
import { addsNothing, addTenant, deliverCost, invoicingWorld, type InvoicingWorld } from "../../testing/invoicing.ts";
import { allocatePeriod } from "../allocation/index.ts";
import { putPlan } from "../catalog/index.ts";
import { bindPlan } from "../tenants/index.ts";
import { addMonths, month, monthPeriod } from "../time/index.ts";
import { generateInvoice, generatePeriodDrafts, getInvoice, listInvoices, listLines, voidInvoice } from "./index.ts";

let house: InvoicingWorld;
beforeAll(async () => {
  house = await invoicingWorld(["TEN-A", "TEN-B", "TEN-C", "TEN-D", "TEN-E", "TEN-F", "TEN-G"]);
});
afterAll(() => house.world.close());

test("a draft has the whole document, its digest, and Phase 1's header and lines", async () => {
  const made = await house.generate("TEN-A");
  expect(made).toMatchObject({ invoice_id: "INV-202509-A", status: "draft", draft_revision: 1, changed: true });
  // 300 GB, 100 included: 10 + 7 = 17; NAT 100 / 7 x 1.25; seats 2 x 12.
  const invoice = await getInvoice.run(house.operator, { invoice_id: made.invoice_id });
  expect(invoice).toMatchObject({
    subtotal_usd: 358.86,
    tax_usd: 68.18,
    total_usd: 427.04,
    total_usd_exact: "427.04",
    currency: "USD",
    number: null,
    digest: made.digest,
  });
  const { lines } = await listLines.run(house.operator, { invoice_id: made.invoice_id });
  expect(lines.map((line) => [line.line_type, line.quantity, line.amount_usd, line.cost_usd])).toEqual([
    ["subscription", 1, 300, 10.5],
    ["seat", 2, 24, 0],
    ["usage", 300, 17, 0],
    ["allocation", 1, 17.86, 14.285714],
  ]);
  const page = await listLines.run(house.operator, { invoice_id: made.invoice_id, page_size: 3 });
  const rest = await listLines.run(house.operator, {
    invoice_id: made.invoice_id,
    page_token: page.next_page_token ?? undefined,
  });
  expect([...page.lines, ...rest.lines]).toEqual(lines);
});

test("two who draft the same at once make one invoice", async () => {
  const both = await Promise.all([house.generate("TEN-F"), house.generate("TEN-F", house.admin)]);
  expect(both.map((one) => one.digest)).toEqual([both[0].digest, both[0].digest]);
  const { lines } = await listLines.run(house.operator, { invoice_id: both[0].invoice_id });
  expect(lines).toHaveLength(4);
});

test("a tenant, period and kind have one live invoice; a discarded one makes room for the next", async () => {
  const first = await house.generate("TEN-C");
  const both = await Promise.all([house.generate("TEN-C"), house.generate("TEN-C", house.admin)]);
  expect(both.map((one) => one.invoice_id)).toEqual([first.invoice_id, first.invoice_id]);
  await voidInvoice.run(house.operator, { invoice_id: first.invoice_id });
  await addsNothing(house.world, () => voidInvoice.run(house.operator, { invoice_id: first.invoice_id }));
  const second = await house.generate("TEN-C");
  expect(second.invoice_id).toBe("INV-202509-C-regular-2");
  const { invoices } = await listInvoices.run(house.operator, { tenant_id: "TEN-C", status: "void" });
  expect(invoices.map((invoice) => invoice.invoice_id)).toEqual([first.invoice_id]);
});

test("a period that is not over, not allocated, or whose cost came anew is refused with every reason", async () => {
  const october = { tenant_id: "TEN-A", period_start: "2025-10-01", period_end: "2025-10-31" };
  await expect(generateInvoice.run(house.operator, october)).rejects.toMatchObject({
    kind: "precondition",
    details: [{ field: "period_end" }, { field: "allocation" }],
  });
  await expect(generateInvoice.run(house.operator, { ...october, period_end: "2025-10-15" })).rejects.toMatchObject({
    kind: "invalid",
  });
  await expect(house.generate("TEN-NOBODY")).rejects.toMatchObject({ kind: "missing" });
});

test("one bad tenant does not stop the others, and a second run changes nothing", async () => {
  const august = monthPeriod(addMonths(month("2025-09"), -1));
  await addTenant(house.admin, "TEN-H");
  await putPlan.run(house.admin, planOf({ plan_code: "EURO", currency: "EUR" }));
  await bindPlan.run(house.admin, { tenant_id: "TEN-H", plan_code: "EURO", effective_from: "2025-08-01" });
  await deliverCost(house.admin, "CUR-8", august, [{ cost: "70" }]);
  await allocatePeriod.run(house.admin, { period: "2025-08" });
  const first = await generatePeriodDrafts.run(house.admin, { period: "2025-08" });
  expect(first).toMatchObject({ drafted: 7, failed: 1 });
  expect(first.outcomes.find((one) => one.tenant_id === "TEN-H")).toMatchObject({
    outcome: "failed",
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("priced in EUR"),
  });
  // One read for all tenants, and one for what became of them: none a tenant.
  let transactions = 0;
  const { database } = house.world;
  const counting: typeof database = {
    ...database,
    transaction: (scope, work) => {
      transactions += 1;
      return database.transaction(scope, work);
    },
  };
  const watched = { ...house.admin, world: { ...house.world, database: counting } };
  const second = await generatePeriodDrafts.run(watched, { period: "2025-08" });
  expect(transactions).toBe(2);
  expect(second).toMatchObject({ drafted: 0, unchanged: 7, failed: 1 });
});
