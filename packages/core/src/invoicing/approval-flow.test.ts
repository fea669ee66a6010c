import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { addsNothing, invoicingWorld, type InvoicingWorld, recordDaily } from "../../testing/invoicing.ts";
import { getApproval, listApprovals } from "../approvals/index.ts";
import { saveVerdict } from "../periods/index.ts";
import { sealAudit, verifyAudit } from "../record/index.ts";
import { month } from "../time/index.ts";
import {
  approveInvoice,
  approveInvoices,
  composeInvoiceMail,
  getInvoice,
  issueInvoice,
  markMail,
  renderInvoicePdf,
  sendBackInvoice,
  submitInvoice,
} from "./index.ts";

let house: InvoicingWorld;
beforeAll(async () => {
  house = await invoicingWorld(["TEN-B", "TEN-C", "TEN-D", "TEN-F", "TEN-G"]);
});
afterAll(() => house.world.close());

test("generating, submitting, approving, issuing, rendering and marking again changes nothing", async () => {
  const first = await house.generate("TEN-B");
  expect(await addsNothing(house.world, () => house.generate("TEN-B"))).toEqual({ ...first, changed: false });
  const { invoice_id } = first;
  const sent = await submitInvoice.run(house.operator, { invoice_id });
  expect(await addsNothing(house.world, () => submitInvoice.run(house.operator, { invoice_id }))).toEqual(sent);
  const done = await approveInvoice.run(house.approver, { invoice_id, digest: sent.digest });
  expect(done).toMatchObject({
    status: "issued",
    number: "CO-2025-000001",
    issue_date: "2025-10-08",
    due_date: "2025-11-07",
  });
  expect(
    await addsNothing(house.world, () => approveInvoice.run(house.approver, { invoice_id, digest: sent.digest })),
  ).toEqual(done);
  expect(await addsNothing(house.world, () => issueInvoice.run(house.admin, { invoice_id }))).toEqual(done);
  const pdf = await renderInvoicePdf.run(house.admin, { invoice_id });
  expect(await addsNothing(house.world, () => renderInvoicePdf.run(house.admin, { invoice_id }))).toEqual(pdf);
  const mail = await composeInvoiceMail.run(house.admin, { invoice_id });
  const mark = () => markMail.run(house.admin, { invoice_id, message_id: mail.messageId, state: "sent" });
  const marked = await mark();
  expect(await addsNothing(house.world, mark)).toEqual(marked);
});

test("an approval of another digest is refused with both digests, and nobody approves their own draft", async () => {
  const { invoice_id, digest } = await house.submitted("TEN-D");
  const stale = "sha256:seen-yesterday";
  const refusal = await approveInvoice
    .run(house.approver, { invoice_id, digest: stale })
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "precondition", code: "FAILED_PRECONDITION" });
  expect(String(refusal)).toContain(stale);
  expect(String(refusal)).toContain(digest);
  const own = callAs(house.world, actorOf("admin", "olga"));
  await expect(approveInvoice.run(own, { invoice_id, digest })).rejects.toMatchObject({
    kind: "forbidden",
    message: expect.stringContaining("four-eyes rule"),
  });
  const machine = callAs(house.world, { ...actorOf("approver"), person: undefined });
  await expect(approveInvoice.run(machine, { invoice_id, digest })).rejects.toMatchObject({ kind: "forbidden" });
});

test("a usage correction makes the draft again: another digest, and the approval that waited is superseded", async () => {
  const first = await house.submitted("TEN-D");
  await recordDaily(house.admin, { tenantId: "TEN-D", metric: "data_ingestion_gb", value: "25", days: ["2025-09-30"] });
  const again = await house.generate("TEN-D", house.admin);
  expect(again).toMatchObject({ status: "draft", draft_revision: 2, changed: true });
  expect(again.digest).not.toBe(first.digest);
  expect(await getApproval.run(house.approver, { approval_id: first.approval_id })).toMatchObject({
    state: "superseded",
  });
  await expect(
    approveInvoice.run(house.approver, { invoice_id: first.invoice_id, digest: first.digest }),
  ).rejects.toMatchObject({ kind: "precondition" });
  // Both who drafted it are kept from approving it.
  const resubmitted = await submitInvoice.run(house.operator, { invoice_id: first.invoice_id });
  const own = callAs(house.world, actorOf("admin", "sam"));
  await expect(approveInvoice.run(own, resubmitted)).rejects.toMatchObject({ kind: "forbidden" });
  expect(await approveInvoice.run(house.approver, resubmitted)).toMatchObject({ status: "issued" });
});

test("sending back keeps the reason, rejects the request, and the draft can be submitted again", async () => {
  const { invoice_id, approval_id, digest } = await house.submitted("TEN-F");
  const back = { invoice_id, reason: "seats are wrong" };
  await sendBackInvoice.run(house.approver, back);
  await addsNothing(house.world, () => sendBackInvoice.run(house.approver, back));
  expect(await getInvoice.run(house.operator, { invoice_id })).toMatchObject({
    status: "draft",
    sent_back_reason: "seats are wrong",
  });
  expect(await getApproval.run(house.operator, { approval_id })).toMatchObject({
    state: "rejected",
    reason: "seats are wrong",
  });
  await expect(approveInvoice.run(house.approver, { invoice_id, digest })).rejects.toThrow(/is draft/);
  const again = await submitInvoice.run(house.operator, { invoice_id });
  expect(again.digest).toBe(digest);
  expect(again.approval_id).not.toBe(approval_id);
});

test("a request that expired is asked for again", async () => {
  const { invoice_id, approval_id } = await submitInvoice.run(house.operator, { invoice_id: "INV-202509-F" });
  const before = house.world.clock.now().toISOString();
  house.world.clock.set("2025-10-30T08:00:00Z");
  const again = await submitInvoice.run(house.operator, { invoice_id });
  expect(again.approval_id).not.toBe(approval_id);
  expect(await getApproval.run(house.operator, { approval_id })).toMatchObject({ state: "superseded" });
  house.world.clock.set(before);
});

test("a failed check of the period blocks issuing, and the decision is kept until it passes", async () => {
  const { invoice_id, digest } = await submitInvoice.run(house.operator, { invoice_id: "INV-202509-F" });
  const verdict = (value: "failed" | "ok") =>
    house.world.database.transaction("operator", (tx) =>
      saveVerdict(tx, {
        month: month("2025-09"),
        checkName: "bill",
        verdict: value,
        detail: {},
        now: house.world.clock.now(),
      }),
    );
  await verdict("failed");
  await expect(approveInvoice.run(house.approver, { invoice_id, digest })).rejects.toMatchObject({
    kind: "precondition",
    details: [{ field: "verdict.bill" }],
  });
  await expect(house.generate("TEN-G")).rejects.toMatchObject({ details: [{ field: "verdict.bill" }] });
  expect(await getInvoice.run(house.operator, { invoice_id })).toMatchObject({ status: "approved" });
  await verdict("ok");
  expect(await approveInvoice.run(house.approver, { invoice_id, digest })).toMatchObject({ status: "issued" });
});

test("several are approved at once, each with its own outcome", async () => {
  const good = await house.submitted("TEN-G");
  const { invoice_id } = await house.submitted("TEN-C");
  const stale = { invoice_id, digest: `sha256:${"1".repeat(64)}` };
  const { items } = await approveInvoices.run(house.approver, {
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

test("everything that was done is in the audit trail, and its chain holds", async () => {
  await sealAudit(house.world);
  expect(await verifyAudit.run(callAs(house.world, actorOf("auditor")), {})).toMatchObject({ ok: true });
  const open = await listApprovals.run(house.approver, { state: "pending", kind: "invoice" });
  expect(open.approvals.map((approval) => approval.subject_id)).toEqual(["INV-202509-C"]);
});
