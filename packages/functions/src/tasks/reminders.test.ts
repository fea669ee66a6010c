import { decideInvoice, submitInvoice } from "@commops/core/invoicing";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { type InvoicingWorld, invoicingWorld } from "@commops/core/testing/invoicing.ts";
import { tableSizes } from "@commops/core/testing/table-sizes.ts";
import { createUser } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";
import { scheduledWork } from "../embedded/machines.ts";
import { runDue } from "../embedded/scheduler.ts";
import { performTask } from "../tasks.ts";

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

const open = async (...tenants: readonly string[]): Promise<void> => {
  month = await invoicingWorld(tenants);
  house = machineHouse(month.world);
  for (const [user_name, role] of [
    ["anna", "approver"],
    ["ben", "approver"],
    ["adam", "admin"],
    ["olga", "billing_operator"],
  ] as const)
    await createUser.run(month.admin, { user_name, email: `${user_name}@house.example`, role });
};
/** Drafts that wait, each in an execution of its own, since the 8th of October at 8. */
const waiting = async (...tenants: readonly string[]): Promise<void> => {
  await open(...tenants);
  await house.run("invoicing", "daily-1");
  await house.until(() => house.waiting() === tenants.length, "the requests");
  await house.effects();
  house.mails.length = 0;
};
const remind = () => performTask("remind-approvers", house.context, {});
/** Who was reminded of what since it was asked last. */
const reminders = async (): Promise<string[]> => {
  await house.effects();
  const told = house.mails
    .splice(0)
    .filter(({ text }) => text.includes("still waits"))
    .map(({ to, subject }) => `${to.map(({ address }) => address.split("@")[0]).join("+")}: ${subject}`);
  return told.toSorted();
};
const of = (tenant: string) => `Decision needed: invoice INV-202509-${tenant}`;

test("those who may decide are reminded of what waits for two days, through the outbox, once a day", async () => {
  await waiting("TEN-A", "TEN-B");
  house.moveTo("2025-10-10T07:59:59Z");
  expect(await remind()).toEqual({ reminded: 0 });
  house.moveTo("2025-10-10T08:00:01Z");
  expect(await remind()).toEqual({ reminded: 2 });
  expect(house.mails).toEqual([]);
  expect(await reminders()).toEqual([`anna+ben: ${of("A")}`, `anna+ben: ${of("B")}`]);
  const before = await tableSizes(month.world.database);
  house.moveTo("2025-10-10T23:00:00Z");
  expect(await remind()).toEqual({ reminded: 0 });
  expect(await tableSizes(month.world.database)).toEqual(before);
  house.moveTo("2025-10-11T08:00:00Z");
  expect(await remind()).toEqual({ reminded: 2 });
  expect(await reminders()).toHaveLength(2);
});

test("what is decided is not reminded of, also where the reminder was queued before the decision", async () => {
  await waiting("TEN-A", "TEN-B");
  house.moveTo("2025-10-10T08:00:01Z");
  await remind();
  const decide = async (tenant: string) => {
    const { invoice_id, digest } = await month.generate(tenant);
    await decideInvoice.run(month.approver, { invoice_id, digest });
  };
  await decide("TEN-A");
  expect(await reminders()).toEqual([`anna+ben: ${of("B")}`]);
  house.moveTo("2025-10-11T08:00:00Z");
  expect(await remind()).toEqual({ reminded: 1 });
  expect(await reminders()).toEqual([`anna+ben: ${of("B")}`]);
});

test("after a week the next level is reminded too, and what has expired nobody", async () => {
  await waiting("TEN-A");
  house.moveTo("2025-10-15T08:00:01Z");
  await house.until(() => house.calls.filter((name) => name === "request-approval").length === 2, "the second level");
  await house.until(() => house.waiting() === 1, "the second wait");
  await remind();
  expect(await reminders()).toEqual([`adam+anna+ben: ${of("A")}`]);
  month.world.clock.set("2025-10-22T08:00:00Z");
  expect(await remind()).toEqual({ reminded: 0 });
});

test("nobody is reminded of what they prepared themselves", async () => {
  await open("TEN-A");
  const { user_id } = await createUser.run(month.admin, {
    user_name: "zoe",
    email: "zoe@house.example",
    role: "approver",
  });
  const zoe = { ...actorOf("admin", "zoe"), id: user_id, person: user_id };
  const { invoice_id } = await month.generate("TEN-A", callAs(house.world, zoe));
  await submitInvoice.run(callAs(house.world, zoe), { invoice_id });
  house.moveTo("2025-10-11T08:00:00Z");
  await remind();
  expect(await reminders()).toEqual([`anna+ben: ${of("A")}`]);
});

test("a run that was missed is made up once, and the day's own run does not remind again", async () => {
  await waiting("TEN-A");
  const work = scheduledWork(house.context).filter(({ name }) => name === "remind-approvers");
  const tick = () => runDue(house.context.call, work);
  await tick();
  house.moveTo("2025-10-12T07:30:00Z");
  expect(await tick()).toEqual(["remind-approvers"]);
  expect(await reminders()).toHaveLength(1);
  house.moveTo("2025-10-12T08:00:00Z");
  expect(await tick()).toEqual(["remind-approvers"]);
  expect(await reminders()).toEqual([]);
  house.moveTo("2025-10-13T08:00:00Z");
  await tick();
  expect(await reminders()).toHaveLength(1);
});
