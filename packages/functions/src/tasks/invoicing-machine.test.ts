import { listAlerts } from "@commops/core/alerts";
import { setApprovalPolicy } from "@commops/core/approvals";
import {
  approveInvoice,
  approveInvoices,
  getInvoice,
  listInvoiceMail,
  sendBackInvoice,
  submitInvoice,
} from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { daysOf, type InvoicingWorld, invoicingWorld, recordDaily } from "@commops/core/testing/invoicing.ts";
import { SEPTEMBER } from "@commops/core/testing/draft-source.ts";
import { createUser } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

const open = async (tenants: readonly string[]): Promise<void> => {
  month = await invoicingWorld(tenants);
  house = machineHouse(month.world);
  for (const [user_name, role] of [
    ["anna", "approver"],
    ["adam", "admin"],
  ] as const)
    await createUser.run(month.admin, { user_name, email: `${user_name}@house.example`, role });
};

const call = (role: "approver" | "billing_operator" | "admin", name: string) =>
  callAs(house.world, actorOf(role, name));
const invoiceOf = (invoice_id: string) => getInvoice.run(call("admin", "sam"), { invoice_id: invoice_id as "INV-x" });
const approve = async (invoice_id: string) =>
  approveInvoice.run(call("approver", "anna"), {
    invoice_id: invoice_id as "INV-x",
    digest: (await invoiceOf(invoice_id)).digest,
  });
const A = "INV-202509-A";
const B = "INV-202509-B";
const outcomeOf = (machine: "invoicing" | "invoice-approval", name: string) => house.find(machine, name)?.ended;

const drafted = async (count: number): Promise<void> => {
  await house.run("invoicing", "daily-1");
  await house.until(() => house.waiting() === count, `${count} approvals`);
};

test("a completed month is drafted, each draft waits for its approval, and the approved one is issued, rendered and mailed", async () => {
  await open(["TEN-A", "TEN-B"]);
  await drafted(2);
  expect(outcomeOf("invoicing", "daily-1")).toMatchObject({
    status: "SUCCEEDED",
    output: { outcome: "drafted", tally: { total: 2, failed: 0 } },
  });
  expect((await invoiceOf(A)).status).toBe("pending_approval");
  await house.effects();
  const told = house.mails.map((mail) => `${mail.to.map((one) => one.address).join()} ${mail.subject}`);
  expect(told.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    `anna@house.example Decision needed: invoice ${A}`,
    `anna@house.example Decision needed: invoice ${B}`,
  ]);
  expect(house.mails[0]?.text).toContain("http://commops.example/approvals?approval=APR-");

  const issued = await approve(A);
  expect(issued.status).toBe("issued");
  const ended = await house.finish("invoice-approval", `${A}.r1`);
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "issued", invoice_id: A } });
  const { mails } = await listInvoiceMail.run(month.admin, { invoice_id: A });
  expect(mails.map((mail) => mail.state)).toEqual(["sent"]);
  expect(house.mails.filter((mail) => mail.subject.startsWith("Invoice "))).toHaveLength(1);
  expect((await invoiceOf(B)).status).toBe("pending_approval");
});

test("the same day again makes nothing twice: no draft, no approval, no second wait", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  const before = await invoiceOf(A);
  const again = await house.run("invoicing", "daily-2");
  expect(again).toMatchObject({ status: "SUCCEEDED", output: { outcome: "drafted" } });
  expect(await invoiceOf(A)).toEqual(before);
  expect(house.executions.filter((one) => one.machine === "invoice-approval")).toHaveLength(1);
  expect(house.waiting()).toBe(1);
});

test("of two executions of one scheduled time only the first does anything", async () => {
  await open(["TEN-A"]);
  const input = { scheduled_for: "2025-10-08T04:30:00Z" };
  const [first, second] = await Promise.all([
    house.run("invoicing", "one", input),
    house.run("invoicing", "two", input),
  ]);
  const outputs = [first, second].map((ended) => (ended.output as { outcome: string }).outcome);
  expect(outputs.toSorted()).toEqual(["done_before", "drafted"]);
});

test("one bad tenant stops nobody else; its error is on the run, and on the tenant until it is well again", async () => {
  await open(["TEN-A", "TEN-B"]);
  house.faults.push({ task: "draft-invoice", problem: new Problem("invalid", "X", "tenant has no address") });
  const ended = await house.run("invoicing", "daily-1");
  expect(ended).toMatchObject({ status: "FAILED", error: "Invoicing.TenantsFailed" });
  expect(ended.cause).toMatch(/^1 of 2 failed: TEN-[AB]: tenant has no address$/);
  await house.until(() => house.waiting() === 1, "the other tenant's approval");
  const alerts = () => listAlerts.run(month.admin, { state: "open" });
  const bad = ended.cause?.includes("TEN-A") ? "TEN-A" : "TEN-B";
  expect((await alerts()).alerts).toMatchObject([
    {
      tenant_id: bad,
      source: "invoicing",
      message: "Invalid: tenant has no address",
      evidence: [{ type: "execution" }, { type: "file" }],
    },
  ]);
  expect((await house.run("invoicing", "daily-2")).status).toBe("SUCCEEDED");
  expect((await alerts()).alerts).toEqual([]);
});

test("a month that does not reconcile, or is not allocated, is closed to invoicing, and the run says why", async () => {
  await open(["TEN-A"]);
  house.moveTo("2025-11-05T08:00:00Z");
  const ended = await house.run("invoicing", "asked", { period: "2025-08" });
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "nothing_to_invoice" } });
  house.faults.push({
    task: "check-billing-gate",
    problem: new Problem("invalid", "X", "cannot be judged"),
  });
  expect(await house.run("invoicing", "closed", { period: "2025-09" })).toMatchObject({
    status: "SUCCEEDED",
    output: { outcome: "nothing_to_invoice", closed: [{ period: "2025-09", is_open: false, reasons: ["Invalid"] }] },
  });
  expect(house.calls).not.toContain("draft-invoice");
});

test("what passes by itself is tried again; what does not ends in a named failure with its alert", async () => {
  await open(["TEN-A"]);
  house.faults.push({ task: "list-billable-tenants", problem: new Problem("transient", "X", "busy") });
  const run = house.start("invoicing", "busy");
  await house.until(() => house.calls.filter((name) => name === "list-billable-tenants").length === 1, "the first try");
  await new Promise((resolve) => setTimeout(resolve, 50));
  house.moveTo("2025-10-08T08:01:00Z");
  expect((await run.done).status).toBe("SUCCEEDED");
  house.faults.push({ task: "find-completed-periods", problem: new Problem("invalid", "X", "no such month") });
  expect(await house.run("invoicing", "broken")).toMatchObject({ status: "FAILED", error: "Invalid" });
  expect((await listAlerts.run(month.admin, { state: "open" })).alerts).toMatchObject([
    { level: "critical", message: "invoicing (daily) failed: Invalid: no such month" },
  ]);
});

test("a draft that is sent back is drafted again with the reason and asked about again; unchanged it goes back to who prepares it", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  const first = (await invoiceOf(A)).digest;
  await sendBackInvoice.run(call("approver", "anna"), { invoice_id: A, reason: "usage of the 3rd is missing" });
  await recordDaily(month.admin, {
    tenantId: "TEN-A",
    metric: "data_ingestion_gb",
    value: "99",
    days: daysOf(SEPTEMBER).slice(0, 3),
  });
  await house.effects();
  await house.until(async () => (await invoiceOf(A)).status === "pending_approval", "the second request");
  await house.until(() => house.waiting() === 1, "the second wait");
  const second = await invoiceOf(A);
  expect(second.digest).not.toBe(first);
  expect(JSON.stringify(second)).toContain("the draft before was sent back: usage of the 3rd is missing");

  await sendBackInvoice.run(call("approver", "anna"), { invoice_id: A, reason: "still odd" });
  await house.effects();
  const ended = await house.find("invoice-approval", `${A}.r1`)?.done;
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "returned" } });
  expect((await invoiceOf(A)).status).toBe("draft");
});

test("nobody decides: the request is passed on, then the draft goes back, and a late decision is refused", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  const { digest } = await invoiceOf(A);
  house.moveTo("2025-10-15T08:00:01Z");
  await house.until(() => house.calls.filter((name) => name === "request-approval").length === 2, "the second level");
  await house.until(() => house.waiting() === 1, "the second wait");
  await house.effects();
  expect(house.mails.at(-1)).toMatchObject({
    to: [{ address: "adam@house.example" }, { address: "anna@house.example" }],
  });
  expect(house.mails.at(-1)?.text).toContain("passed on to you");
  house.moveTo("2025-10-22T08:00:02Z");
  const ended = await house.find("invoice-approval", `${A}.r1`)?.done;
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "returned" } });
  expect((await invoiceOf(A)).status).toBe("draft");
  await expect(approveInvoice.run(call("approver", "anna"), { invoice_id: A, digest })).rejects.toMatchObject({
    kind: "precondition",
  });
});

test("a decision at the last moment counts, though the wait is over: the token is dead, the stored decision goes on", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  await approve(A);
  house.moveTo("2025-10-15T08:00:01Z");
  const ended = await house.find("invoice-approval", `${A}.r1`)?.done;
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "issued" } });
});

test("an execution that was stopped is continued from the stored decision, once", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  const stopped = house.workflows.succeed;
  let isDead = true;
  house.world.workflows.succeed = async (token, output) => {
    if (isDead) throw new Problem("precondition", "TASK_TIMED_OUT", "the execution was stopped");
    return stopped(token, output);
  };
  await approve(A);
  await house.effects();
  isDead = false;
  const continued = house.executions.filter((one) => one.machine === "invoice-approval").at(-1);
  expect(continued?.name).toMatch(/^APR-.*\.decided$/);
  const ended = await house.finish("invoice-approval", continued?.name ?? "");
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "issued" } });
  await house.effects();
  expect(house.executions.filter((one) => one.machine === "invoice-approval")).toHaveLength(2);
});

test("a draft that is made again ends the wait for the old one, and the next run asks about the new one", async () => {
  await open(["TEN-A"]);
  await drafted(1);
  await recordDaily(month.admin, { tenantId: "TEN-A", metric: "data_ingestion_gb", value: "77", days: ["2025-09-03"] });
  await house.run("invoicing", "daily-2");
  await house.effects();
  expect(await house.find("invoice-approval", `${A}.r1`)?.done).toMatchObject({ output: { outcome: "superseded" } });
  await house.until(() => house.waiting() === 1, "the new wait");
  await approve(A);
  expect(await house.finish("invoice-approval", `${A}.r2`)).toMatchObject({ output: { outcome: "issued" } });
});

test("drafts made, submitted and approved by hand need no machine, and the machine finds them issued", async () => {
  await open(["TEN-A"]);
  const { invoice_id } = await month.generate("TEN-A");
  const { digest } = await submitInvoice.run(month.operator, { invoice_id });
  await approveInvoice.run(month.approver, { invoice_id, digest });
  const ended = await house.run("invoice-approval", "late", { invoice_id, digest });
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "issued" } });
  expect(house.calls).not.toContain("request-approval");
});

test("the policy approves what it names and nothing else, and never what its maker prepared", async () => {
  await open(["TEN-A"]);
  await setApprovalPolicy.run(call("approver", "anna"), { max_total_usd: "100000", max_change_percent: "100" });
  await drafted(1);
  expect((await invoiceOf(A)).status).toBe("pending_approval");
  expect(house.calls).not.toContain("approve-by-policy");
});

test("several are approved at once, each for its own execution: one that changed meanwhile is refused and waits on", async () => {
  await open(["TEN-A", "TEN-B"]);
  await drafted(2);
  const { items } = await approveInvoices.run(call("approver", "anna"), {
    items: [
      { invoice_id: A, digest: (await invoiceOf(A)).digest },
      { invoice_id: B, digest: `sha256:${"0".repeat(64)}` },
    ],
  });
  expect(items).toMatchObject([
    { invoice_id: A, outcome: "issued" },
    { invoice_id: B, outcome: "refused", code: "FAILED_PRECONDITION" },
  ]);
  expect(await house.finish("invoice-approval", `${A}.r1`)).toMatchObject({ output: { outcome: "issued" } });
  expect((await invoiceOf(B)).status).toBe("pending_approval");
  expect(house.waiting()).toBe(1);
});
