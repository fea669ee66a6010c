import { listApprovals } from "@commops/core/approvals";
import { approveInvoice, getInvoice, submitInvoice } from "@commops/core/invoicing";
import { type InvoicingWorld, invoicingWorld } from "@commops/core/testing/invoicing.ts";
import { tableSizes } from "@commops/core/testing/table-sizes.ts";
import { afterEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";
import { performTask } from "../tasks.ts";

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

const A = "INV-202509-A" as const;
/** A draft that was submitted by hand on the 8th of October at 8: no execution waits for it. */
const submitted = async (): Promise<string> => {
  month = await invoicingWorld(["TEN-A"]);
  house = machineHouse(month.world);
  return (await month.submitted("TEN-A")).digest;
};
const invoice = () => getInvoice.run(month.admin, { invoice_id: A });
const sweep = () => performTask("sweep-approvals", house.context, {});
const states = async () =>
  (await listApprovals.run(month.admin, { kind: "invoice" })).approvals.map((approval) => approval.state);

test("a draft that nobody decided in time goes back though no execution waits for it, once, and may be submitted again", async () => {
  const digest = await submitted();
  house.moveTo("2025-10-22T08:59:59Z");
  expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
  house.moveTo("2025-10-22T09:00:00Z");
  expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 1 });
  expect(await invoice()).toMatchObject({ status: "draft", sent_back_reason: "nobody decided in time" });
  expect(await states()).toEqual(["expired"]);
  const before = await tableSizes(month.world.database);
  expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
  expect(await tableSizes(month.world.database)).toEqual(before);
  await expect(approveInvoice.run(month.approver, { invoice_id: A, digest })).rejects.toMatchObject({
    kind: "precondition",
  });
  await submitInvoice.run(month.operator, { invoice_id: A });
  expect(await states()).toEqual(["pending", "expired"]);
  expect(await approveInvoice.run(month.approver, { invoice_id: A, digest })).toMatchObject({ status: "issued" });
});

test("what was decided in time stays, also where nobody has looked since", async () => {
  const digest = await submitted();
  house.moveTo("2025-10-22T07:59:59Z");
  await approveInvoice.run(month.approver, { invoice_id: A, digest });
  house.moveTo("2025-11-22T09:00:00Z");
  expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
  expect((await invoice()).status).toBe("issued");
});
