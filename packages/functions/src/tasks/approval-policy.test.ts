import { allocatePeriod } from "@commops/core/allocation";
import { listApprovals, setApprovalPolicy } from "@commops/core/approvals";
import { approveInvoice, generateInvoice, getInvoice, listInvoiceMail, submitInvoice } from "@commops/core/invoicing";
import { trialBalance } from "@commops/core/ledger";
import { listAuditEvents } from "@commops/core/record";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import {
  daysOf,
  deliverCost,
  type InvoicingWorld,
  invoicingWorld,
  recordDaily,
} from "@commops/core/testing/invoicing.ts";
import { month as monthOf, monthPeriod } from "@commops/core/time";
import { createUser } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";

const AUGUST = monthPeriod(monthOf("2025-08"));
const A = "INV-202509-A" as const;
const B = "INV-202509-B" as const;

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

/** Two tenants whose August is issued and like September; B uses ten times as much as A. */
const open = async (): Promise<void> => {
  const tenants = ["TEN-A", "TEN-B"];
  month = await invoicingWorld(tenants);
  house = machineHouse(month.world);
  await createUser.run(month.admin, { user_name: "anna", email: "anna@house.example", role: "approver" });
  const consume = async (tenantId: string, period: typeof AUGUST, value: string) => {
    const days = daysOf(period);
    await recordDaily(month.admin, { tenantId, metric: "data_ingestion_gb", value, days });
    await recordDaily(month.admin, { tenantId, metric: "nat_gb_processed", value: "4", days });
  };
  for (const period of [AUGUST, monthPeriod(monthOf("2025-09"))]) {
    await consume("TEN-A", period, "10");
    await consume("TEN-B", period, "100");
  }
  const lines = [{ cost: "100" }, ...tenants.map((tenantTag) => ({ tenantTag, cost: "10.5" }))];
  await deliverCost(month.admin, "CUR-8", AUGUST, lines);
  await allocatePeriod.run(month.admin, { period: "2025-08" });
  await allocatePeriod.run(month.admin, { period: "2025-09" });
  for (const tenant_id of tenants) {
    const of = { tenant_id, period_start: AUGUST.start, period_end: AUGUST.end };
    const { invoice_id } = await generateInvoice.run(month.operator, of);
    const { digest } = await submitInvoice.run(month.operator, { invoice_id });
    await approveInvoice.run(month.approver, { invoice_id, digest });
  }
  await house.effects();
  house.mails.length = 0;
};
const invoiceOf = (invoice_id: typeof A | typeof B) => getInvoice.run(month.admin, { invoice_id });
const setPolicy = (max_total_usd: string) =>
  setApprovalPolicy.run(callAs(house.world, actorOf("approver", "anna")), { max_total_usd, max_change_percent: "10" });
const totalOf = async (invoice_id: `INV-${string}`) =>
  Number((await getInvoice.run(month.admin, { invoice_id })).total_usd);
/** A little above what A was billed for August, far below what B was. */
const limit = async (): Promise<string> => ((await totalOf("INV-202508-A")) * 1.05).toFixed(2);
const receivable = async (): Promise<number> => {
  const { accounts } = await trialBalance.run(month.admin, {});
  return Number(accounts.find((account) => account.account_code === "1100")?.balance);
};
const invoiceMails = () => house.mails.filter(({ subject }) => subject.startsWith("Invoice "));

test("a draft within the policy's limits is approved by it and issued with number, document, mail and posting; one above waits for a person", async () => {
  await open();
  await setPolicy(await limit());
  const owed = await receivable();
  await house.run("invoicing", "daily-1");
  const ended = await house.finish("invoice-approval", `${A}.r1`);
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: { outcome: "issued", invoice_id: A } });
  await house.until(() => house.waiting() === 1, "the request for the other one");
  const [issued, waiting] = [await invoiceOf(A), await invoiceOf(B)];
  expect(issued).toMatchObject({ status: "issued", number: "CO-2025-000003" });
  expect(await house.world.files.list("pdf/")).toContain(`pdf/${A}.pdf`);
  expect(invoiceMails()).toHaveLength(1);
  expect((await listInvoiceMail.run(month.admin, { invoice_id: A })).mails).toMatchObject([{ state: "sent" }]);
  expect((await receivable()) - owed).toBeCloseTo(await totalOf(A), 2);

  expect(waiting.status).toBe("pending_approval");
  expect(house.waiting()).toBe(1);
  expect(house.mails.filter(({ subject }) => subject.startsWith("Decision needed"))).toHaveLength(1);
});

test("what the policy approved says by which version of it, whose it is, and within which limits", async () => {
  await open();
  const max = await limit();
  await setPolicy("1");
  await setPolicy(max);
  await house.run("invoicing", "daily-1");
  await house.finish("invoice-approval", `${A}.r1`);
  const { approvals } = await listApprovals.run(month.admin, { state: "approved", kind: "invoice" });
  const { digest } = await invoiceOf(A);
  expect(approvals.find((approval) => approval.subject_id === A)).toMatchObject({
    digest,
    decided_by: "policy 2 of USR-anna",
    reason: `total up to ${max} USD, moved up to 10 % against the period before, nothing new or gone`,
  });
  const { events } = await listAuditEvents.run(month.admin, { object_type: "invoice", object_id: A });
  expect(events.filter(({ action }) => action === "invoicing.approve-by-policy")).toMatchObject([
    {
      actor_type: "system",
      object_id: A,
      metadata: { digest, policy_version: 2, set_by: "USR-anna", max_total_usd: max, max_change_percent: "10" },
    },
  ]);
});

test("a draft that moved further than the policy allows waits, however small it is", async () => {
  await open();
  await recordDaily(month.admin, {
    tenantId: "TEN-A",
    metric: "data_ingestion_gb",
    value: "30",
    days: daysOf(AUGUST)
      .map((day) => day.replace("-08-", "-09-"))
      .slice(0, 30),
  });
  await setPolicy("100000");
  await house.run("invoicing", "daily-1");
  await house.finish("invoice-approval", `${B}.r1`);
  expect((await invoiceOf(A)).status).toBe("pending_approval");
  expect(house.waiting()).toBe(1);
});
