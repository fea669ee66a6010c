import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { deliverCost, type InvoicingWorld, invoicingWorld } from "../../testing/invoicing.ts";
import { allocatePeriod } from "../allocation/index.ts";
import { approveInvoice, generateInvoice, restatePeriod, submitInvoice } from "../invoicing/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { reconciliationExceptions, runReconciliation } from "./index.ts";

let house: InvoicingWorld;
const OCTOBER = monthPeriod(month("2025-10"));
beforeAll(async () => {
  house = await invoicingWorld(["TEN-A"]);
  await house.issued("TEN-A");
});
afterAll(() => house.world.close());

const reconciled = async (period: string) => {
  const found = await runReconciliation.run(callAs(house.world, actorOf("finance")), { period });
  const verdicts = Object.fromEntries(found.checks.map((check) => [check.check, check.verdict]));
  return { ...found, verdicts, of: (name: string) => found.checks.find((check) => check.check === name) };
};

test("a billed month without a later delivery has nothing to restate", async () => {
  expect((await reconciled("2025-09")).verdicts).toMatchObject({ restatement: "ok", invoice: "ok", margin: "ok" });
});

test("a month that was allocated anew after billing says that its invoices are not looked at yet", async () => {
  await house.world.database.transaction("operator", async (tx) => {
    await tx.execute("update cur_delivery set status = 'superseded' where delivery_id = 'CUR-1'");
  });
  // NAT 160 instead of 100, all of it TEN-A's.
  await deliverCost(house.admin, "CUR-2", monthPeriod(month("2025-09")), [
    { cost: "160" },
    { tenantTag: "TEN-A", cost: "10.5" },
  ]);
  await allocatePeriod.run(house.admin, { period: "2025-09" });
  const { verdicts, of } = await reconciled("2025-09");
  expect(verdicts).toMatchObject({ conservation: "ok", restatement: "warning", invoice: "warning", margin: "warning" });
  expect(of("restatement")?.message).toContain("not looked at yet");
});

test("once restated the difference waits as one exception, and cost, invoice and margin agree again", async () => {
  await restatePeriod.run(house.admin, { period: "2025-09" });
  const { verdicts, of } = await reconciled("2025-09");
  expect(verdicts).toMatchObject({ restatement: "warning", invoice: "ok", margin: "ok" });
  expect(of("restatement")).toMatchObject({ difference_usd: "75", figures: { waiting: 1, borne_by_operator: 0 } });
  const { exceptions } = await reconciliationExceptions.run(callAs(house.world, actorOf("finance")), {
    period: "2025-09",
    state: "open",
  });
  expect(exceptions.filter((one) => one.check === "restatement")).toMatchObject([
    { tenant_id: "TEN-A", evidence: { invoice_id: "INV-202509-A", amount: "75", cost: "60" } },
  ]);
});

test("a correction counts in the month that it corrects, and leaves the month that bills it as it is", async () => {
  const before = await reconciled("2025-09");
  house.world.clock.set("2025-11-08T08:00:00Z");
  await deliverCost(house.admin, "CUR-3", OCTOBER, [{ tenantTag: "TEN-A", cost: "20" }]);
  await allocatePeriod.run(house.admin, { period: "2025-10" });
  const { invoice_id, digest, total } = await generateInvoice.run(house.operator, {
    tenant_id: "TEN-A",
    period_start: OCTOBER.start,
    period_end: OCTOBER.end,
  });
  // 300 base, 24 seats, 75 of September's correction; 19 percent tax.
  expect(total).toBe("474.81");
  await submitInvoice.run(house.operator, { invoice_id });
  await approveInvoice.run(house.approver, { invoice_id, digest });
  const [september, october] = [await reconciled("2025-09"), await reconciled("2025-10")];
  expect(september.verdicts).toMatchObject({ restatement: "ok", invoice: "ok", margin: "ok" });
  expect(september.invoiced_total_usd - before.invoiced_total_usd).toBe(75);
  expect(october).toMatchObject({ invoiced_total_usd: 324, verdicts: { margin: "ok", restatement: "ok" } });
});
