import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { addTenant, billableMonth, deliverCost, planOf, recordDaily } from "../../testing/invoicing.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";
import { allocatePeriod } from "../allocation/index.ts";
import { getApproval, listApprovals } from "../approvals/index.ts";
import { putPlan } from "../catalog/index.ts";
import { bindPlan } from "../tenants/index.ts";
import type { InvoiceId } from "../kernel/index.ts";
import { trialBalance } from "../ledger/index.ts";
import { saveVerdict } from "../periods/index.ts";
import { type Call, claimEffects, sealAudit, verifyAudit } from "../record/index.ts";
import { addMonths, month, monthPeriod } from "../time/index.ts";
import {
  approveInvoice,
  approveInvoices,
  composeInvoiceMail,
  exportInvoice,
  generateInvoice,
  generatePeriodDrafts,
  getInvoice,
  issueInvoice,
  listInvoiceMail,
  listInvoices,
  listLines,
  markMail,
  renderInvoicePdf,
  sendBackInvoice,
  submitInvoice,
  voidInvoice,
} from "./index.ts";

let world: TestWorld;
let operator: Call;
let approver: Call;
let system: Call;
const TENANTS = ["TEN-A", "TEN-B", "TEN-C", "TEN-D", "TEN-E", "TEN-F", "TEN-G"];

beforeAll(async () => {
  world = await testWorld("2025-10-08T08:00:00Z");
  operator = callAs(world, actorOf("billing_operator", "olga"));
  approver = callAs(world, actorOf("approver", "anna"));
  system = callAs(world, actorOf("admin", "sam"));
  await billableMonth(system, TENANTS);
});
afterAll(() => world.close());

const september = { period_start: "2025-09-01", period_end: "2025-09-30" };
const generate = (tenant_id: string, call = operator) => generateInvoice.run(call, { tenant_id, ...september });
const submitted = async (tenantId: string) => {
  const { invoice_id } = await generate(tenantId);
  return submitInvoice.run(operator, { invoice_id });
};
const issued = async (tenantId: string) => {
  const { invoice_id, digest } = await submitted(tenantId);
  await approveInvoice.run(approver, { invoice_id, digest });
  return { invoice_id, digest };
};
const counts = () =>
  world.database.transaction("operator", async (tx) => {
    const tables = [
      "invoice_header",
      "invoice_detail",
      "approval_request",
      "journal_line",
      "outbox",
      "mail_delivery",
      "audit_event",
      "lineage_run",
    ];
    const rows = await world.database.rows<{ total: string }>(
      tx,
      sql.raw(`select ${tables.map((table) => `(select count(*) from ${table})`).join(" || '/' || ")} as total`),
    );
    return rows[0]?.total;
  });
/** What a repeat of a step must not do: change a row anywhere. */
const unchanged = async <T>(step: () => Promise<T>): Promise<T> => {
  const before = await counts();
  const answer = await step();
  expect(await counts()).toBe(before);
  return answer;
};

test("a draft has the whole document, its digest, and Phase 1's header and lines", async () => {
  const made = await generate("TEN-A");
  expect(made).toMatchObject({ invoice_id: "INV-202509-A", status: "draft", draft_revision: 1, changed: true });
  // 300 GB, 100 included: 10 + 7 = 17; NAT 100 / 7 x 1.25; seats 2 x 12.
  const invoice = await getInvoice.run(operator, { invoice_id: made.invoice_id });
  expect(invoice).toMatchObject({
    subtotal_usd: 358.86,
    tax_usd: 68.18,
    total_usd: 427.04,
    total_usd_exact: "427.04",
    currency: "USD",
    number: null,
    digest: made.digest,
  });
  const { lines } = await listLines.run(operator, { invoice_id: made.invoice_id });
  expect(lines.map((line) => [line.line_type, line.quantity, line.amount_usd, line.cost_usd])).toEqual([
    ["subscription", 1, 300, 10.5],
    ["seat", 2, 24, 0],
    ["usage", 300, 17, 0],
    ["allocation", 1, 17.86, 14.285714],
  ]);
  const page = await listLines.run(operator, { invoice_id: made.invoice_id, page_size: 3 });
  const rest = await listLines.run(operator, {
    invoice_id: made.invoice_id,
    page_token: page.next_page_token ?? undefined,
  });
  expect([...page.lines, ...rest.lines]).toEqual(lines);
});

test("generating, submitting, approving, issuing, rendering and marking again changes nothing", async () => {
  const first = await generate("TEN-B");
  expect(await unchanged(() => generate("TEN-B"))).toEqual({ ...first, changed: false });
  const { invoice_id } = first;
  const sent = await submitInvoice.run(operator, { invoice_id });
  expect(await unchanged(() => submitInvoice.run(operator, { invoice_id }))).toEqual(sent);
  const done = await approveInvoice.run(approver, { invoice_id, digest: sent.digest });
  expect(done).toMatchObject({
    status: "issued",
    number: "CO-2025-000001",
    issue_date: "2025-10-08",
    due_date: "2025-11-07",
  });
  expect(await unchanged(() => approveInvoice.run(approver, { invoice_id, digest: sent.digest }))).toEqual(done);
  expect(await unchanged(() => issueInvoice.run(system, { invoice_id }))).toEqual(done);
  const pdf = await renderInvoicePdf.run(system, { invoice_id });
  expect(await unchanged(() => renderInvoicePdf.run(system, { invoice_id }))).toEqual(pdf);
  const mail = await composeInvoiceMail.run(system, { invoice_id });
  const mark = () => markMail.run(system, { invoice_id, message_id: mail.messageId, state: "sent" });
  const marked = await mark();
  expect(await unchanged(mark)).toEqual(marked);
});

test("a tenant, period and kind have one live invoice; a discarded one makes room for the next", async () => {
  const first = await generate("TEN-C");
  const both = await Promise.all([generate("TEN-C"), generate("TEN-C", system)]);
  expect(both.map((one) => one.invoice_id)).toEqual([first.invoice_id, first.invoice_id]);
  await voidInvoice.run(operator, { invoice_id: first.invoice_id });
  await unchanged(() => voidInvoice.run(operator, { invoice_id: first.invoice_id }));
  const second = await generate("TEN-C");
  expect(second.invoice_id).toBe("INV-202509-C-regular-2");
  const { invoices } = await listInvoices.run(operator, { tenant_id: "TEN-C", status: "void" });
  expect(invoices.map((invoice) => invoice.invoice_id)).toEqual([first.invoice_id]);
});

test("an approval of another digest is refused with both digests, and nobody approves their own draft", async () => {
  const { invoice_id, digest } = await submitted("TEN-D");
  const stale = `sha256:${"0".repeat(64)}`;
  const refusal = await approveInvoice.run(approver, { invoice_id, digest: stale }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "precondition", code: "FAILED_PRECONDITION" });
  expect(String(refusal)).toContain(stale);
  expect(String(refusal)).toContain(digest);
  const own = callAs(world, actorOf("admin", "olga"));
  await expect(approveInvoice.run(own, { invoice_id, digest })).rejects.toMatchObject({
    kind: "forbidden",
    message: expect.stringContaining("four-eyes rule"),
  });
  const machine = callAs(world, { ...actorOf("approver"), person: undefined });
  await expect(approveInvoice.run(machine, { invoice_id, digest })).rejects.toMatchObject({ kind: "forbidden" });
});

test("a usage correction makes the draft again: another digest, and the approval that waited is superseded", async () => {
  const first = await submitted("TEN-D");
  await recordDaily(system, { tenantId: "TEN-D", metric: "data_ingestion_gb", value: "25", days: ["2025-09-30"] });
  const again = await generate("TEN-D", system);
  expect(again).toMatchObject({ status: "draft", draft_revision: 2, changed: true });
  expect(again.digest).not.toBe(first.digest);
  expect(await getApproval.run(approver, { approval_id: first.approval_id })).toMatchObject({ state: "superseded" });
  await expect(
    approveInvoice.run(approver, { invoice_id: first.invoice_id, digest: first.digest }),
  ).rejects.toMatchObject({ kind: "precondition" });
  // Both who drafted it are kept from approving it.
  const resubmitted = await submitInvoice.run(operator, { invoice_id: first.invoice_id });
  const own = callAs(world, actorOf("admin", "sam"));
  await expect(approveInvoice.run(own, resubmitted)).rejects.toMatchObject({ kind: "forbidden" });
  expect(await approveInvoice.run(approver, resubmitted)).toMatchObject({ status: "issued" });
});

test("an issued invoice is frozen: rows refuse every change, it is neither drafted again nor voided", async () => {
  const { invoice_id } = await issued("TEN-E");
  const run = (text: string) => world.database.transaction("operator", (tx) => tx.execute(sql.raw(text)));
  for (const text of [
    `update invoice_header set total_minor = 1, subtotal_minor = 1, tax_minor = 0 where invoice_id = '${invoice_id}'`,
    `update invoice_header set document = '{}' where invoice_id = '${invoice_id}'`,
    `update invoice_header set status = 'draft' where invoice_id = '${invoice_id}'`,
    `update invoice_detail set title = 'x' where invoice_id = '${invoice_id}'`,
    `delete from invoice_detail where invoice_id = '${invoice_id}'`,
    `delete from invoice_tax where invoice_id = '${invoice_id}'`,
    `delete from invoice_header where invoice_id = '${invoice_id}'`,
  ])
    await expect(run(text), text).rejects.toMatchObject({ kind: "precondition" });
  await recordDaily(system, { tenantId: "TEN-E", metric: "data_ingestion_gb", value: "99", days: ["2025-09-30"] });
  await expect(generate("TEN-E")).rejects.toThrow(/INV-202509-E .* is issued/);
  await expect(voidInvoice.run(operator, { invoice_id })).rejects.toThrow(/credit note/);
  await expect(sendBackInvoice.run(approver, { invoice_id, reason: "late" })).rejects.toMatchObject({
    kind: "precondition",
  });
});

test("issuing posts revenue by SKU family and tax, and the trial balance is zero", async () => {
  const balance = await trialBalance.run(operator, {});
  expect(balance.is_balanced).toBe(true);
  expect(balance.accounts.map((account) => account.name)).toEqual(["Receivables", "Tax payable", "Revenue"]);
  const families = await world.database.transaction("operator", (tx) =>
    world.database.rows<{ family: string }>(
      tx,
      sql`select distinct sku_family as family from journal_line where sku_family is not null order by 1`,
    ),
  );
  expect(families.map((row) => row.family)).toEqual(["data", "network", "seats", "subscription"]);
});

test("issuing queues PDF and mail once, with a stable Message-ID; the PDF has the same bytes whenever it is rendered", async () => {
  const invoice_id: InvoiceId = "INV-202509-B";
  const queued = await world.database.transaction("operator", (tx) =>
    claimEffects(tx, world.clock.now(), { limit: 50, leaseMs: 1000 }),
  );
  expect(
    queued.filter((effect) => JSON.stringify(effect.payload).includes(`"${invoice_id}"`)).map((effect) => effect.topic),
  ).toEqual(["invoice-pdf", "invoice-mail"]);
  const stored = await exportInvoice.run(operator, { invoice_id, format: "pdf" });
  const { key } = await renderInvoicePdf.run(system, { invoice_id });
  expect(Buffer.from(await world.files.get(key)).equals(Buffer.from(stored.content))).toBe(true);
  const mail = await composeInvoiceMail.run(system, { invoice_id });
  expect(mail).toMatchObject({
    messageId: "inv-202509-b.invoice@datajetty.example",
    to: [{ address: "ann@acme.example" }],
  });
  expect(mail.attachments[0]?.content).toEqual(stored.content);
  expect((await listInvoiceMail.run(operator, { invoice_id })).mails).toMatchObject([{ state: "sent" }]);
  const csv = await exportInvoice.run(operator, { invoice_id, format: "csv" });
  expect(new TextDecoder().decode(csv.content)).toMatch(/TEN-B.*,total,/);
});

test("sending back keeps the reason, rejects the request, and the draft can be submitted again", async () => {
  const { invoice_id, approval_id, digest } = await submitted("TEN-F");
  const back = { invoice_id, reason: "seats are wrong" };
  await sendBackInvoice.run(approver, back);
  await unchanged(() => sendBackInvoice.run(approver, back));
  expect(await getInvoice.run(operator, { invoice_id })).toMatchObject({
    status: "draft",
    sent_back_reason: "seats are wrong",
  });
  expect(await getApproval.run(operator, { approval_id })).toMatchObject({
    state: "rejected",
    reason: "seats are wrong",
  });
  await expect(approveInvoice.run(approver, { invoice_id, digest })).rejects.toThrow(/is draft/);
  const again = await submitInvoice.run(operator, { invoice_id });
  expect(again.digest).toBe(digest);
  expect(again.approval_id).not.toBe(approval_id);
});

test("a request that expired is asked for again", async () => {
  const { invoice_id, approval_id } = await submitInvoice.run(operator, { invoice_id: "INV-202509-F" });
  const before = world.clock.now().toISOString();
  world.clock.set("2025-10-30T08:00:00Z");
  const again = await submitInvoice.run(operator, { invoice_id });
  expect(again.approval_id).not.toBe(approval_id);
  expect(await getApproval.run(operator, { approval_id })).toMatchObject({ state: "superseded" });
  world.clock.set(before);
});

test("a failed check of the period blocks issuing, and the decision is kept until it passes", async () => {
  const { invoice_id, digest } = await submitInvoice.run(operator, { invoice_id: "INV-202509-F" });
  const verdict = (value: "failed" | "ok") =>
    world.database.transaction("operator", (tx) =>
      saveVerdict(tx, {
        month: month("2025-09"),
        checkName: "bill",
        verdict: value,
        detail: {},
        now: world.clock.now(),
      }),
    );
  await verdict("failed");
  await expect(approveInvoice.run(approver, { invoice_id, digest })).rejects.toMatchObject({
    kind: "precondition",
    details: [{ field: "verdict.bill" }],
  });
  await expect(generate("TEN-G")).rejects.toMatchObject({ details: [{ field: "verdict.bill" }] });
  expect(await getInvoice.run(operator, { invoice_id })).toMatchObject({ status: "approved" });
  await verdict("ok");
  expect(await approveInvoice.run(approver, { invoice_id, digest })).toMatchObject({ status: "issued" });
});

test("several are approved at once, each with its own outcome", async () => {
  const good = await submitted("TEN-G");
  const stale = { invoice_id: "INV-202509-C-regular-2" as const, digest: `sha256:${"1".repeat(64)}` };
  const { items } = await approveInvoices.run(approver, {
    items: [
      stale,
      { invoice_id: good.invoice_id, digest: good.digest },
      { invoice_id: "INV-NONE", digest: good.digest },
    ],
  });
  expect(items).toMatchObject([
    { outcome: "refused", code: "FAILED_PRECONDITION" },
    { outcome: "issued", status: "issued" },
    { outcome: "refused", code: "NOT_FOUND" },
  ]);
});

test("a tenant sees what was issued to it, without cost and margin, and nothing of drafts or of others", async () => {
  const tenant = callAs(world, actorOf("tenant_user", "tina", "TEN-B" as Parameters<typeof actorOf>[2]));
  const { invoices } = await listInvoices.run(tenant, {});
  expect(invoices.map((invoice) => invoice.invoice_id)).toEqual(["INV-202509-B"]);
  const seen = JSON.stringify([
    await getInvoice.run(tenant, { invoice_id: "INV-202509-B" }),
    await listLines.run(tenant, { invoice_id: "INV-202509-B" }),
  ]);
  expect(seen).not.toMatch(/cost_usd|margin|prepared_by|comparison|"allocation_ids":\["/);
  await expect(getInvoice.run(tenant, { invoice_id: "INV-202509-G" })).rejects.toMatchObject({ kind: "missing" });
  const other = callAs(world, actorOf("tenant_user", "tom", "TEN-A" as Parameters<typeof actorOf>[2]));
  await expect(getInvoice.run(other, { invoice_id: "INV-202509-A" })).rejects.toMatchObject({ kind: "missing" });
});

test("a period that is not over, not allocated, or whose cost came anew is refused with every reason", async () => {
  const october = { tenant_id: "TEN-A", period_start: "2025-10-01", period_end: "2025-10-31" };
  await expect(generateInvoice.run(operator, october)).rejects.toMatchObject({
    kind: "precondition",
    details: [{ field: "period_end" }, { field: "allocation" }],
  });
  await expect(generateInvoice.run(operator, { ...october, period_end: "2025-10-15" })).rejects.toMatchObject({
    kind: "invalid",
  });
  await expect(generate("TEN-NOBODY")).rejects.toMatchObject({ kind: "missing" });
});

test("one bad tenant does not stop the others, and a second run changes nothing", async () => {
  const august = monthPeriod(addMonths(month("2025-09"), -1));
  await addTenant(system, "TEN-H");
  await putPlan.run(system, planOf({ plan_code: "EURO", currency: "EUR" }));
  await bindPlan.run(system, { tenant_id: "TEN-H", plan_code: "EURO", effective_from: "2025-08-01" });
  await deliverCost(system, "CUR-8", august, [{ cost: "70" }]);
  await allocatePeriod.run(system, { period: "2025-08" });
  const first = await generatePeriodDrafts.run(system, { period: "2025-08" });
  expect(first).toMatchObject({ drafted: 7, failed: 1 });
  expect(first.outcomes.find((one) => one.tenant_id === "TEN-H")).toMatchObject({
    outcome: "failed",
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("priced in EUR"),
  });
  const second = await generatePeriodDrafts.run(system, { period: "2025-08" });
  expect(second).toMatchObject({ drafted: 0, unchanged: 7, failed: 1 });
});

test("everything that was done is in the audit trail, and its chain holds", async () => {
  await sealAudit(world);
  expect(await verifyAudit.run(callAs(world, actorOf("auditor")), {})).toMatchObject({ ok: true });
  const open = await listApprovals.run(approver, { state: "pending", kind: "invoice" });
  expect(open.approvals).toEqual([]);
});
