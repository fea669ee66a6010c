import { expect, test } from "vitest";
import { deliverCost, invoicingWorld, recordDaily } from "../../testing/invoicing.ts";
import { planOf, SEPTEMBER } from "../../testing/draft-source.ts";
import { allocatePeriod } from "../allocation/index.ts";
import { putPlan } from "../catalog/index.ts";
import { bindPlan } from "../tenants/index.ts";
import { approveInvoice, getInvoice, issueInvoice, submitInvoice } from "./index.ts";

test("a draft made before cost was delivered anew is not issued, however it was approved, until it is drafted again", async () => {
  const house = await invoicingWorld(["TEN-A"]);
  try {
    const { invoice_id, digest } = await house.submitted("TEN-A");
    await deliverCost(house.admin, "CUR-2", SEPTEMBER, [{ cost: "50" }]);
    const stale = { kind: "precondition", details: [{ field: "allocation" }] };
    await expect(approveInvoice.run(house.approver, { invoice_id, digest })).rejects.toMatchObject(stale);
    expect(await getInvoice.run(house.operator, { invoice_id })).toMatchObject({ status: "approved", number: null });

    await allocatePeriod.run(house.admin, { period: "2025-09" });
    await expect(issueInvoice.run(house.approver, { invoice_id })).rejects.toMatchObject(stale);
    const again = await house.generate("TEN-A");
    expect(again).toMatchObject({ invoice_id, status: "draft", changed: true });
    await submitInvoice.run(house.operator, { invoice_id });
    const issued = await approveInvoice.run(house.approver, { invoice_id, digest: again.digest });
    // NAT 150 x 1.25 instead of 100 x 1.25
    expect(issued).toMatchObject({ status: "issued", subtotal_usd: 300 + 24 + 17 + 187.5 });
  } finally {
    await house.world.close();
  }
});

test("a draft made before the tenant's plan of its period was changed is not issued until it is drafted again", async () => {
  const house = await invoicingWorld(["TEN-A"]);
  try {
    const { invoice_id, digest } = await house.submitted("TEN-A");
    await putPlan.run(house.admin, planOf({ plan_code: "SCALE", base_price_usd: "600" }));
    const change = { tenant_id: "TEN-A", plan_code: "SCALE" };
    await bindPlan.run(house.admin, { ...change, effective_from: "2025-10-01" });
    const decided = { invoice_id, digest };
    await bindPlan.run(house.admin, { ...change, effective_from: "2025-09-16" });
    const stale = { kind: "precondition", details: [{ field: "plan" }] };
    await expect(approveInvoice.run(house.approver, decided)).rejects.toMatchObject(stale);
    const again = await house.generate("TEN-A");
    await submitInvoice.run(house.operator, { invoice_id });
    // A plan of the month after is nothing to it.
    await bindPlan.run(house.admin, { tenant_id: "TEN-A", plan_code: "GROWTH", effective_from: "2025-11-01" });
    const issued = await approveInvoice.run(house.approver, { invoice_id, digest: again.digest });
    expect(issued).toMatchObject({ status: "issued" });
  } finally {
    await house.world.close();
  }
});

test("a draft made before usage of its period was recorded is not issued until it is drafted again; other tenants' usage is nothing to it", async () => {
  const house = await invoicingWorld(["TEN-A", "TEN-B"]);
  try {
    const { invoice_id, digest } = await house.submitted("TEN-A");
    const more = (tenantId: string, day: string, value: string) =>
      recordDaily(house.admin, { tenantId, metric: "data_ingestion_gb", value, days: [day] });
    await more("TEN-B", "2025-09-30", "500");
    await more("TEN-A", "2025-10-01", "500");
    await more("TEN-A", "2025-09-30", "20");
    const stale = { kind: "precondition", details: [{ field: "usage" }] };
    await expect(approveInvoice.run(house.approver, { invoice_id, digest })).rejects.toMatchObject(stale);
    await expect(issueInvoice.run(house.approver, { invoice_id })).rejects.toMatchObject(stale);
    const again = await house.generate("TEN-A");
    expect(again).toMatchObject({ invoice_id, status: "draft", changed: true });
    await submitInvoice.run(house.operator, { invoice_id });
    const issued = await approveInvoice.run(house.approver, { invoice_id, digest: again.digest });
    expect(issued).toMatchObject({ status: "issued" });
    // The value is put back: what was issued stays as it is.
    await more("TEN-A", "2025-09-30", "10");
    expect(await approveInvoice.run(house.approver, { invoice_id, digest: again.digest })).toEqual(issued);
  } finally {
    await house.world.close();
  }
});
