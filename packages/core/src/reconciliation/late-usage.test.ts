import { afterAll, beforeAll, expect, test } from "vitest";
import { SEPTEMBER } from "../../testing/draft-source.ts";
import { daysOf, type InvoicingWorld, invoicingWorld, recordDaily } from "../../testing/invoicing.ts";
import { reconciliationExceptions, runReconciliation } from "./index.ts";

let house: InvoicingWorld;
beforeAll(async () => {
  house = await invoicingWorld(["TEN-A", "TEN-B", "TEN-C"]);
  await house.issued("TEN-A");
  await house.issued("TEN-B");
  house.world.clock.set("2025-10-09T08:00:00Z");
});
afterAll(() => house.world.close());

const record = (tenantId: string, metric: string, value: string, days: readonly string[]) =>
  recordDaily(house.admin, { tenantId, metric, value, days });
const usageCheck = async () => {
  const { checks } = await runReconciliation.run(house.admin, { period: "2025-09" });
  const { exceptions } = await reconciliationExceptions.run(house.admin, { period: "2025-09", state: "open" });
  return {
    check: checks.find((check) => check.check === "usage"),
    exceptions: exceptions.filter((one) => one.check === "usage"),
  };
};
const [first = "", second = ""] = daysOf(SEPTEMBER);

test("invoices that charge all usage there is are well", async () => {
  expect(await usageCheck()).toMatchObject({
    check: { verdict: "ok", figures: { invoices: 2, late: 0 } },
    exceptions: [],
  });
});

test("usage that an issued invoice charges, and that came later, is named; what it does not charge, other months and drafts are not", async () => {
  await record("TEN-A", "data_ingestion_gb", "11", [first, second]);
  await record("TEN-A", "nat_gb_processed", "5", [first]);
  await record("TEN-B", "data_ingestion_gb", "11", ["2025-10-01"]);
  await record("TEN-C", "data_ingestion_gb", "11", [first]);
  const { check, exceptions } = await usageCheck();
  expect(check).toMatchObject({ verdict: "warning", figures: { invoices: 2, late: 1 } });
  expect(exceptions).toMatchObject([
    {
      tenant_id: "TEN-A",
      category: "Invoice",
      description: expect.stringContaining("data_ingestion_gb of 2 days"),
      evidence: { invoice_id: "INV-202509-A", metrics: [{ metric_code: "data_ingestion_gb", days: 2 }] },
    },
  ]);
});

test("a value that is put back to what was billed is late no more", async () => {
  house.world.clock.set("2025-10-10T08:00:00Z");
  await record("TEN-A", "data_ingestion_gb", "10", [first, second]);
  expect(await usageCheck()).toMatchObject({ check: { verdict: "ok" }, exceptions: [] });
});
