import { expect, test } from "vitest";
import { deliverCost, invoicingWorld } from "../../testing/invoicing.ts";
import { SEPTEMBER } from "../../testing/draft-source.ts";
import { allocatePeriod } from "../allocation/index.ts";
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
