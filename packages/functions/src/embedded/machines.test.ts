import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getInvoice, listInvoices } from "@commops/core/invoicing";
import type { ExecutionSummary } from "@commops/core/ports";
import { actorOf, callAs, type TestClock, testClock } from "@commops/core/testing/actors.ts";
import { billableMonth } from "@commops/core/testing/invoicing.ts";
import { createUser, issueToken } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { effectHandlers } from "../effect-handlers.ts";
import { dispatchEffects } from "../effects.ts";
import { type EmbeddedRuntime, openRuntime } from "../runtime/embedded.ts";
import { readSettings } from "../runtime/settings.ts";
import { SCHEDULES } from "../schedules.ts";
import { startScheduled } from "../start-schedule.ts";
import { scheduledWork, taskFunctions } from "./machines.ts";
import { runDue } from "./scheduler.ts";
import { localApi, systemCall } from "./server.ts";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** The server's parts over a data folder, on a clock that the test moves. */
const serve = async (folder: string, clock: TestClock) => {
  const runtime = await openRuntime(readSettings({ DATA_DIR: folder, COMMOPS_SEED: "none" }));
  const own: EmbeddedRuntime = { ...runtime, world: { ...runtime.world, clock } };
  const context = { call: systemCall(own, "scheduler"), mailer: own.mailer, publicUrl: own.settings.publicUrl };
  const errors: unknown[] = [];
  own.workflows.run(
    taskFunctions(context, (_what, error) => void errors.push(error)),
    (_arn, error) => void errors.push(error),
  );
  const close = async (): Promise<void> => {
    if (opened.includes(close)) opened.splice(opened.indexOf(close), 1);
    await runtime.close();
  };
  opened.push(close);
  const { api } = localApi(own, () => undefined);
  return { own, context, errors, api, close, admin: callAs(own.world, actorOf("admin", "sam")) };
};
type Served = Awaited<ReturnType<typeof serve>>;

const until = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  for (const end = Date.now() + 120_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const executions = async ({ own }: Served, machine: string): Promise<readonly ExecutionSummary[]> =>
  (await own.workflows.list({ machine, size: 100 })).rows;

const waiting = async (served: Served): Promise<readonly { invoice_id: `INV-${string}`; digest: string }[]> =>
  (await listInvoices.run(served.admin, { status: "pending_approval" })).invoices;

/** Approves as a person does: over HTTP, with a token of their own. */
const approve = async ({ api, own }: Served, invoice: { invoice_id: string; digest: string }): Promise<number> => {
  const { token } = await issueToken.run(systemCall(own, "start"), { role: "approver", user_name: "anna" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ digest: invoice.digest });
  return (await api.request(`/api/v1/invoices/${invoice.invoice_id}:approve`, { method: "POST", headers, body }))
    .status;
};

const work = ({ context }: Served) => dispatchEffects(context, effectHandlers);

test("the day's schedule drafts a month, approvals wait over a restart, and what is approved is issued and mailed once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "commops-machines-"));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const clock = testClock("2025-10-08T08:00:00Z");
  const first = await serve(folder, clock);
  await billableMonth(first.admin, ["TEN-A", "TEN-B"]);
  await createUser.run(first.admin, { user_name: "anna", email: "anna@house.example", role: "approver" });
  await runDue(first.context.call, scheduledWork(first.context));
  expect(await executions(first, "invoicing")).toEqual([]);

  clock.set("2025-10-09T08:00:00Z");
  await runDue(first.context.call, scheduledWork(first.context));
  await until(async () => (await waiting(first)).length === 2, "two drafts that wait");
  await until(
    async () => (await executions(first, "invoicing")).every((one) => one.status === "SUCCEEDED"),
    "the end of the invoicing run",
  );
  expect((await executions(first, "invoicing")).map((one) => one.name)).toEqual(["invoicing-20251009T043000Z"]);
  await first.close();

  const second = await serve(folder, clock);
  for (const schedule of SCHEDULES.filter(({ name }) => name === "invoicing"))
    await startScheduled(second.context, schedule, new Date("2025-10-09T04:30:00Z"));
  await runDue(second.context.call, scheduledWork(second.context));
  expect(await executions(second, "invoicing")).toHaveLength(1);
  const [invoice] = await waiting(second);
  if (!invoice) throw new Error("no draft waits");
  expect(await approve(second, invoice)).toBe(200);
  const approvals = () => executions(second, "invoice-approval");
  await until(async () => {
    await work(second);
    return (await approvals()).some((one) => one.status !== "RUNNING");
  }, "the end of the approval");
  expect((await approvals()).map((one) => one.status).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    "RUNNING",
    "SUCCEEDED",
  ]);
  expect(await getInvoice.run(second.admin, { invoice_id: invoice.invoice_id })).toMatchObject({ status: "issued" });
  const letters = (await second.own.mailbox?.list())?.filter((mail) => mail.subject.startsWith("Invoice "));
  expect(letters).toHaveLength(1);
  expect(second.errors).toEqual([]);
});
