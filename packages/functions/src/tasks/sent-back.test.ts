import { listAlerts } from "@commops/core/alerts";
import { listApprovals, setApprovalPolicy } from "@commops/core/approvals";
import { approveInvoice, decideInvoice, getInvoice, sendBackInvoice, submitInvoice } from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { type InvoicingWorld, invoicingWorld, recordDaily } from "@commops/core/testing/invoicing.ts";
import { textOf } from "@commops/core/testing/tables.ts";
import { createUser } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";

const A = "INV-202509-A" as const;

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

/** A draft that waits in its execution. */
const waiting = async (): Promise<{ digest: string }> => {
  month = await invoicingWorld(["TEN-A"]);
  house = machineHouse(month.world);
  await createUser.run(month.admin, { user_name: "anna", email: "anna@house.example", role: "approver" });
  await house.run("invoicing", "daily-1");
  await house.until(() => house.waiting() === 1, "the request");
  return invoice();
};
const invoice = () => getInvoice.run(month.admin, { invoice_id: A });
const sendBack = (reason: string) => sendBackInvoice.run(month.approver, { invoice_id: A, reason });
const correct = (value: string) =>
  recordDaily(month.admin, { tenantId: "TEN-A", metric: "data_ingestion_gb", value, days: ["2025-09-03"] });
const approve = (digest: string) => approveInvoice.run(month.approver, { invoice_id: A, digest });
const requests = async () =>
  (await listApprovals.run(month.admin, { kind: "invoice" })).approvals.map(({ state, digest }) => ({ state, digest }));
/** How the tokens of all executions stand, in the order of the alphabet. */
const tokens = async (): Promise<string[]> =>
  z
    .array(z.object({ state: z.string() }))
    .parse(JSON.parse(await textOf(month.world.database, ["approval_token"])))
    .map(({ state }) => state)
    .toSorted();
const ended = (name: string) => house.find("invoice-approval", name)?.done;
/** Somebody starts the approval of this draft once more. */
const byHand = (digest: string) => {
  house.start("invoice-approval", "by-hand", { invoice_id: A, digest });
  return house.finish("invoice-approval", "by-hand");
};

test("sent back and corrected, the same execution asks about the new draft, and what is issued is what was approved then", async () => {
  const { digest: first } = await waiting();
  await sendBack("usage of the 3rd is missing");
  await correct("99");
  const { digest: redrafted } = await month.generate("TEN-A");
  await house.effects();
  await house.until(() => house.waiting() === 1, "the second request");
  const second = await invoice();
  expect(second).toMatchObject({ status: "pending_approval", digest: redrafted });
  expect(redrafted).not.toBe(first);
  expect(await requests()).toEqual([
    { state: "pending", digest: redrafted },
    { state: "rejected", digest: first },
  ]);
  expect(await tokens()).toEqual(["answered", "waiting"]);
  await expect(approve(first)).rejects.toMatchObject({ kind: "precondition" });
  await approve(redrafted);
  expect(await house.finish("invoice-approval", `${A}.r1`)).toMatchObject({ output: { outcome: "issued" } });
  expect(await invoice()).toMatchObject({ status: "issued", digest: redrafted });
  expect(await tokens()).toEqual(["answered", "answered"]);
});

test("where its execution was stopped, a continuation drafts again and has the new draft approved; the old token is settled", async () => {
  const { digest: first } = await waiting();
  await sendBack("seats are wrong");
  await correct("55");
  const { succeed } = house.world.workflows;
  house.world.workflows.succeed = async () => {
    throw new Problem("precondition", "TASK_TIMED_OUT", "the execution was stopped");
  };
  await house.effects();
  house.world.workflows.succeed = succeed;
  const continued = house.executions.at(-1)?.name ?? "";
  expect(continued).toMatch(/^APR-.*\.decided$/);
  await house.until(() => house.waiting() === 2, "the request of the continuation");
  const { digest } = await invoice();
  expect(digest).not.toBe(first);
  expect(await tokens()).toEqual(["dead", "waiting"]);
  await approve(digest);
  expect(await house.finish("invoice-approval", continued)).toMatchObject({ output: { outcome: "issued" } });
  expect(await invoice()).toMatchObject({ status: "issued", digest });
});

test("unchanged it goes back to who prepares it: nobody is asked again until it changes, and no policy approves it", async () => {
  const { digest: first } = await waiting();
  await sendBack("still odd");
  await house.effects();
  expect(await ended(`${A}.r1`)).toMatchObject({ output: { outcome: "returned" } });
  await setApprovalPolicy.run(callAs(house.world, actorOf("approver", "carl")), {
    max_total_usd: "1000000",
    max_change_percent: "1000",
  });
  await house.run("invoicing", "daily-2");
  expect(await invoice()).toMatchObject({ status: "draft", digest: first, sent_back_reason: "still odd" });
  expect(house.executions.filter(({ machine }) => machine === "invoice-approval")).toHaveLength(1);
  expect(await byHand(first)).toMatchObject({ output: { outcome: "returned" } });
  expect((await invoice()).status).toBe("draft");

  await correct("77");
  await house.run("invoicing", "daily-3");
  await house.until(() => house.waiting() === 1, "the request for the corrected draft");
  const { digest } = await invoice();
  await approve(digest);
  expect(await house.finish("invoice-approval", `${A}.r2`)).toMatchObject({ output: { outcome: "issued" } });
});

test("unchanged it may be submitted by hand: a request of its own, and the issue of exactly that", async () => {
  const { digest } = await waiting();
  await sendBack("call me first");
  await house.effects();
  await ended(`${A}.r1`);
  const again = await submitInvoice.run(month.operator, { invoice_id: A });
  expect(again.digest).toBe(digest);
  expect(await requests()).toEqual([
    { state: "pending", digest },
    { state: "rejected", digest },
  ]);
  expect(await approve(digest)).toMatchObject({ status: "issued" });
});

test("sent back after it was approved and before it was issued, it goes back without an alert", async () => {
  const { digest } = await waiting();
  await decideInvoice.run(month.approver, { invoice_id: A, digest });
  await sendBack("wait for the credit");
  expect(await house.finish("invoice-approval", `${A}.r1`)).toMatchObject({ output: { outcome: "returned" } });
  expect(await invoice()).toMatchObject({ status: "draft", sent_back_reason: "wait for the credit" });
  expect((await listAlerts.run(month.admin, { state: "open" })).alerts).toEqual([]);
  expect(await byHand(digest)).toMatchObject({ output: { outcome: "returned" } });
});
