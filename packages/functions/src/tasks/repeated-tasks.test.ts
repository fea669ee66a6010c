import { mkdir, mkdtemp, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAllocationRules } from "@commops/core/allocation";
import { listAlerts } from "@commops/core/alerts";
import { folderSource } from "@commops/core/adapters/embedded/folder-source.ts";
import { costFindings, costSources } from "@commops/core/cost";
import type { CostSource } from "@commops/core/ports";
import { approveInvoice, getInvoice, sendBackInvoice } from "@commops/core/invoicing";
import { type Json, Problem } from "@commops/core/kernel";
import { approvePayment, recordPayment } from "@commops/core/payments";
import { approvePromotion, getPromotion, proposeRules } from "@commops/core/promotion";
import { verifyAudit } from "@commops/core/record";
import { cur2Csv } from "@commops/core/testing/cur.ts";
import { inPeriod } from "@commops/core/testing/cur-world.ts";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { type InvoicingWorld, invoicingWorld, recordDaily } from "@commops/core/testing/invoicing.ts";
import { tableSizes } from "@commops/core/testing/table-sizes.ts";
import { createUser } from "@commops/core/tenants";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";
import { performTask } from "../tasks.ts";

let month: InvoicingWorld;
let house: MachineHouse;
let repeated: Set<string>;
let differences: string[];
afterEach(() => month.world.close());

/** Every task is done twice, as if its first answer had been lost. */
const open = async (watched: readonly CostSource[] = []): Promise<void> => {
  month = await invoicingWorld(["TEN-A"]);
  repeated = new Set();
  differences = [];
  house = machineHouse({ ...month.world, costSources: watched }, async (task, output, again) => {
    const before = await tableSizes(month.world.database);
    const second = await again();
    const after = await tableSizes(month.world.database);
    const grown = Object.keys(after).filter((table) => after[table] !== before[table]);
    if (JSON.stringify(second) !== JSON.stringify(output)) differences.push(`${task} answers otherwise`);
    if (grown.length > 0) differences.push(`${task} changes ${grown.join(", ")}`);
    repeated.add(task);
  });
  for (const [user_name, role] of [
    ["anna", "approver"],
    ["fay", "finance"],
  ] as const)
    await createUser.run(month.admin, { user_name, email: `${user_name}@house.example`, role });
};

const call = (role: "approver" | "finance" | "platform_engineer" | "admin", name: string) =>
  callAs(house.world, actorOf(role, name));
const A = "INV-202509-A";
const run = async (machine: Parameters<MachineHouse["run"]>[0], input: Json = {}) => {
  const ended = await house.run(machine, `run-${house.executions.length}`, input);
  expect(ended, JSON.stringify(ended)).toMatchObject({ status: "SUCCEEDED" });
  return ended.output;
};

const approve = (digest: string) =>
  house.alone(() => approveInvoice.run(call("approver", "anna"), { invoice_id: A, digest }));

test("from cost to a closed month, a task that is done twice shows the same and changes nothing more", async () => {
  await open();
  expect(await run("cur-ingestion", { scheduled_for: "2025-10-08T03:00:00Z" })).toEqual({ outcome: "nothing_new" });
  expect(await run("allocation")).toMatchObject({ outcome: "allocated", tally: { total: 1, failed: 0 } });
  await run("invoicing");
  await house.until(() => house.waiting() === 1, "the approval");
  const { digest } = await getInvoice.run(month.admin, { invoice_id: A });
  await approve(digest);
  expect(await house.finish("invoice-approval", `${A}.r1`)).toMatchObject({ output: { outcome: "issued" } });

  const transfer = { method: "bank_transfer", provider_ref: "UTR-1", amount_usd: "5.00" } as const;
  const payment = await house.alone(() => recordPayment.run(call("finance", "fay"), { invoice_id: A, ...transfer }));
  const { payment_id, digest: paymentDigest } = payment;
  await house.alone(() => approvePayment.run(call("approver", "anna"), { payment_id, digest: paymentDigest }));
  await house.effects();
  expect((await house.finish("payment-reconciliation", payment.payment_id)).status).toBe("SUCCEEDED");
  await run("payment-reconciliation", { scheduled_for: "2025-10-09T05:30:00Z" });
  await house.effects();
  expect(house.mails.at(-1)).toMatchObject({ subject: expect.stringMatching(/^Payments of 2025-10-08: /) });

  expect(await run("period-close")).toMatchObject({ outcome: "not_ready", period: "2025-09" });
  house.moveTo("2025-10-16T08:00:00Z");
  expect(await run("period-close")).toEqual({ outcome: "closed", period: "2025-09" });
  expect(await house.world.files.list("evidence/2025-09/")).toEqual(
    expect.arrayContaining([
      "evidence/2025-09/index.json",
      "evidence/2025-09/kpis.json",
      "evidence/2025-09/manifest.json",
    ]),
  );
  expect(await run("invoicing")).toMatchObject({ outcome: "nothing_to_invoice" });
  await run("scheduled-report", { report: "receivables", scheduled_for: "2025-10-16T07:00:00Z" });
  await run("scheduled-report", { report: "invoices", scheduled_for: "2025-10-16T07:00:00Z" });
  await house.effects();
  expect(house.mails.at(-1)?.attachments[0]?.filename).toMatch(/^(invoices|receivables)-2025-10-16\.csv$/);
  expect(differences).toEqual([]);
  expect(repeated.size).toBeGreaterThanOrEqual(24);
});

test("a draft that is made again, and a failure that is written down, are so once, however often the task is done", async () => {
  await open();
  await run("invoicing");
  await house.until(() => house.waiting() === 1, "the approval");
  const returned = { invoice_id: A, reason: "usage of the 3rd is missing" } as const;
  await house.alone(() => sendBackInvoice.run(call("approver", "anna"), returned));
  const late = { tenantId: "TEN-A", metric: "data_ingestion_gb", value: "99", days: ["2025-09-03"] };
  await house.alone(() => recordDaily(month.admin, late));
  await house.effects();
  await house.until(() => house.waiting() === 1 && repeated.has("redraft-invoice"), "the second request");
  const { digest, draft_revision } = await getInvoice.run(month.admin, { invoice_id: A });
  expect(draft_revision).toBe(2);
  await approve(digest);
  expect(await house.finish("invoice-approval", `${A}.r1`)).toMatchObject({ output: { outcome: "issued" } });

  house.faults.push({ task: "find-completed-periods", problem: new Problem("invalid", "X", "no such month") });
  expect(await house.run("invoicing", "broken")).toMatchObject({ status: "FAILED", error: "Invalid" });
  expect(repeated).toContain("record-failure");
  expect((await listAlerts.run(month.admin, {})).alerts).toMatchObject([{ source: "invoicing", state: "open" }]);
  expect(differences).toEqual([]);
});

test("effects and seals that several do at once, and again, are done once", async () => {
  await open();
  await run("invoicing");
  await house.until(() => house.waiting() === 1, "the approval");
  const { digest } = await getInvoice.run(month.admin, { invoice_id: A });
  await approve(digest);
  const again = async (name: "dispatch-effects" | "seal-audit") => {
    const perform = () => performTask(name, house.context, {});
    const at_once = await Promise.all([perform(), perform()]);
    const before = await tableSizes(month.world.database);
    const later = await perform();
    expect(await tableSizes(month.world.database)).toEqual(before);
    return { at_once, later };
  };
  const effects = await again("dispatch-effects");
  expect(effects.later).toEqual({ done: 0, failed: 0 });
  // Of the request nobody is told any more: it was decided before.
  expect(house.mails.map(({ subject }) => subject.split(" ")[0])).toEqual(["Invoice"]);
  const { at_once, later } = await again("seal-audit");
  expect(later).toEqual({ sealed: 0 });
  const verdict = await verifyAudit.run(callAs(house.world, actorOf("auditor")), {});
  const sealed = z.array(z.object({ sealed: z.int() })).parse(at_once);
  expect(verdict).toMatchObject({ ok: true, unsealed: 0, checked: sealed.reduce((sum, one) => sum + one.sealed, 0) });
});

test("a proposed rule is rehearsed, decided by a second person and put in force, or rejected with the tenants that move too far", async () => {
  await open();
  const rules = await month.world.database.transaction("operator", readAllocationRules);
  const nat = rules.find((rule) => rule.category === "NAT");
  if (!nat) throw new Error("there is no NAT rule");
  const { version: _version, status: _status, effective_from: _from, effective_to: _to, ...definition } = nat;
  const propose = async (target: "tenants" | "operator", max_change_percent: string) => {
    const proposal = { rules: [{ ...definition, target }], effective_from: "2025-11-01", max_change_percent };
    const { promotion_id } = await house.alone(() => proposeRules.run(call("platform_engineer", "pat"), proposal));
    await house.effects();
    return promotion_id;
  };
  const tight = await propose("operator", "1");
  expect(await house.find("rule-promotion", tight)?.done).toMatchObject({
    output: { outcome: "rejected", reason: expect.stringContaining("TEN-A moves from") },
  });

  const wide = await propose("operator", "100");
  await house.until(() => house.waiting() === 1, "the decision");
  const { digest, effects } = await getPromotion.run(month.admin, { promotion_id: wide });
  expect(effects).toMatchObject([{ period: "2025-09", tenant_id: "TEN-A" }]);
  await expect(approvePromotion.run(call("admin", "pat"), { promotion_id: wide, digest })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await house.alone(() => approvePromotion.run(call("approver", "anna"), { promotion_id: wide, digest }));
  expect((await house.finish("rule-promotion", wide)).output).toEqual({ outcome: "promoted", promotion_id: wide });
  const now = await month.world.database.transaction("operator", readAllocationRules);
  expect(now.find((rule) => rule.rule_id === nat.rule_id && rule.version === nat.version + 1)).toMatchObject({
    target: "operator",
    effective_from: "2025-11-01",
    status: "active",
  });
  expect(differences).toEqual([]);
});

const exportIn = async (inbox: string, name: string, text: string): Promise<void> => {
  await mkdir(join(inbox, name));
  const path = join(inbox, name, "cur.csv");
  await writeFile(path, text);
  await utimes(path, new Date("2025-10-01T00:00:00Z"), new Date("2025-10-01T00:00:00Z"));
};

test("two exports that may be parts of one month and come at once do not take each other's place: the second waits for a person", async () => {
  const inbox = await mkdtemp(join(tmpdir(), "commops-inbox-"));
  await open([folderSource(inbox, true)]);
  const lines = (resource: string) => [
    inPeriod("2025-08", { line_item_resource_id: resource, line_item_usage_account_id: "111111111111" }),
  ];
  await exportIn(inbox, "first-half", cur2Csv(lines("i-1")));
  await exportIn(inbox, "second-half", cur2Csv(lines("i-2")));
  await house.run("cur-ingestion", "daily-1");
  const { sources } = await costSources.run({ ...month.admin, world: house.world }, {});
  expect(sources[0]?.deliveries.map((one) => one.state)).toEqual(["imported", "imported"]);
  const { findings } = await costFindings.run(month.admin, { period: "2025-08", state: "open" });
  const apart = findings.filter((finding) => finding.code === "other_lines");
  expect(apart).toMatchObject([
    { severity: "quarantine", message: expect.stringContaining("may be parts of one month") },
  ]);
});

test("an export in the inbox is imported and its month allocated, a broken one is alone with its error, and the next day nothing is done again", async () => {
  const inbox = await mkdtemp(join(tmpdir(), "commops-inbox-"));
  await open([folderSource(inbox, true)]);
  await exportIn(inbox, "august", cur2Csv([inPeriod("2025-08"), inPeriod("2025-08")]));
  await exportIn(inbox, "broken", "a,b\n1,2\n");
  const ended = await house.run("cur-ingestion", "daily-1");
  expect(ended).toMatchObject({ status: "FAILED", error: "CurIngestion.DeliveriesFailed" });
  expect(ended.cause).toMatch(/^1 of 2 failed: .*broken\/cur\.csv/);
  const { alerts } = await listAlerts.run(month.admin, { state: "open" });
  expect(alerts).toMatchObject([{ source: "cur-ingestion", tenant_id: null }]);
  const { sources } = await costSources.run({ ...month.admin, world: house.world }, {});
  expect(sources[0]?.deliveries.map((one) => `${one.name.split("/").at(-1)} ${one.state}`).toSorted()).toEqual([
    "august imported",
    "broken failed",
  ]);
  expect(await house.run("cur-ingestion", "daily-2")).toMatchObject({ output: { outcome: "nothing_new" } });
  expect(await run("allocation")).toMatchObject({ tally: { failed: 0, total: 2 } });
  expect(differences).not.toContain("import-delivery answers otherwise");
});
