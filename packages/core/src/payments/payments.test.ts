import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { placeInvoice } from "../../testing/invoices.ts";
import { type PaymentWorld, paymentWorld, TENANT_A, TENANT_B } from "../../testing/payment-world.ts";
import { listApprovals } from "../approvals/index.ts";
import { trialBalance } from "../ledger/index.ts";
import { day, month, monthPeriod } from "../time/index.ts";
import {
  getPayment,
  invoicePayments,
  listPayments,
  paymentDigest,
  recordPayment,
  rejectPayment,
  resubmitPayment,
} from "./index.ts";

let at: PaymentWorld;
const [A, B] = [TENANT_A, TENANT_B];
beforeAll(async () => {
  at = await paymentWorld();
});
afterAll(() => at.database.close());

test("a manual payment is pending and settles nothing until a second person approves it", async () => {
  const invoiceId = await at.invoiceOf(10_000n);
  const payment = await at.record(invoiceId, "100.00");
  expect(payment).toMatchObject({ status: "pending", amount_usd: 100, received_on: "2026-07-10", provider: "bank" });
  expect(await at.stateOf(invoiceId)).toMatchObject({ status: "issued", open_usd: 100 });
  const inbox = await listApprovals.run(at.approver(), { state: "pending", kind: "manual_payment" });
  expect(inbox.approvals[0]).toMatchObject({
    subject_id: payment.payment_id,
    digest: payment.digest,
    prepared_by: ["USR-fred"],
    summary: { amount_usd: "100.00", invoice_open_usd: "100.00" },
  });
  expect(await at.approve(payment)).toMatchObject({
    status: "confirmed",
    invoice_status: "paid",
    applied: [{ invoice_id: invoiceId, amount: "100.00" }],
    credit: "0.00",
  });
  expect(await at.stateOf(invoiceId)).toMatchObject({ status: "paid", paid: "100.00", open: "0.00", open_usd: 0 });
});

test("nobody approves the payment that they recorded, and a machine never approves", async () => {
  const payment = await at.record(await at.invoiceOf(100n), "1", callAs(at.world, actorOf("admin", "olga")));
  const own = at.approve(payment, callAs(at.world, actorOf("admin", "olga")));
  await expect(own).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("four-eyes rule") });
  await expect(at.approve(payment, at.finance())).rejects.toMatchObject({ kind: "forbidden" });
  const machine = callAs(at.world, { ...actorOf("approver"), person: undefined });
  await expect(at.approve(payment, machine)).rejects.toMatchObject({ kind: "forbidden" });
  expect((await getPayment.run(at.finance(), { payment_id: payment.payment_id })).status).toBe("pending");
});

test("an approval for another digest is refused, and a repeat of the right one changes nothing", async () => {
  const invoiceId = await at.invoiceOf(500n);
  const payment = await at.record(invoiceId, "3");
  await expect(at.approve({ ...payment, digest: "sha256:other" })).rejects.toMatchObject({ kind: "precondition" });
  const first = await at.approve(payment);
  expect(await at.approve(payment)).toEqual(first);
  expect(await at.stateOf(invoiceId)).toMatchObject({ status: "partially_paid", paid: "3.00", open: "2.00" });
  await expect(at.approve(payment, at.approver("ben"))).rejects.toMatchObject({ kind: "precondition" });
});

test("a reference is recorded once for ever, whatever else the request says, unless the idempotency key is the same", async () => {
  const invoiceId = await at.invoiceOf(500n);
  const input = { invoice_id: invoiceId, method: "bank_transfer", amount_usd: 2, provider_ref: "UTR-ONCE" } as const;
  const keyed = callAs(at.world, actorOf("finance"), "pay-1");
  const first = await recordPayment.run(keyed, input);
  expect(await recordPayment.run(keyed, input)).toEqual(first);
  const again = recordPayment.run(at.finance(), { ...input, provider_ref: " UTR-ONCE " });
  await expect(again).rejects.toMatchObject({
    kind: "exists",
    code: "ALREADY_EXISTS",
    message: expect.stringContaining(first.payment_id),
  });
  await rejectPayment.run(at.approver(), { payment_id: first.payment_id, reason: "not on the statement" });
  await expect(recordPayment.run(at.finance(), input)).rejects.toMatchObject({ kind: "exists" });
});

test("a rejected payment fails with its reason and settles nothing, and is not approved afterwards", async () => {
  const invoiceId = await at.invoiceOf(500n);
  const payment = await at.record(invoiceId, "5");
  const rejected = await rejectPayment.run(at.approver(), {
    payment_id: payment.payment_id,
    reason: "no such transfer",
  });
  expect(rejected).toMatchObject({ status: "failed", failure_reason: "no such transfer", applied: [] });
  await expect(at.approve(payment)).rejects.toMatchObject({ kind: "precondition" });
  expect(await at.stateOf(invoiceId)).toMatchObject({ status: "issued", paid: "0.00" });
});

test("what is paid too much becomes the tenant's credit balance, and the books say so", async () => {
  const invoiceId = await at.invoiceOf(1_000n);
  await at.approve(await at.record(invoiceId, "4"));
  const last = await at.approve(await at.record(invoiceId, "7.50"));
  expect(last).toMatchObject({ applied: [{ amount: "6.00" }], credit: "1.50", invoice_status: "paid" });
  expect(await at.approve(await at.record(invoiceId, "1"))).toMatchObject({
    applied: [],
    credit: "1.00",
    invoice_status: "paid",
  });
  const books = await trialBalance.run(at.finance(), {});
  expect(books.is_balanced).toBe(true);
});

test("an amount in USD does not pay an invoice in another currency", async () => {
  const invoiceId = await at.invoiceOf(1_000n, { currency: "EUR" });
  await expect(at.record(invoiceId, "10")).rejects.toMatchObject({
    kind: "invalid",
    details: [{ field: "amount_usd" }],
    message: expect.stringContaining("EUR"),
  });
});

test("an amount that is not positive or has parts of a cent, a day in the future and a draft are refused", async () => {
  const invoiceId = await at.invoiceOf(1_000n);
  await expect(at.record(invoiceId, "0")).rejects.toMatchObject({ kind: "invalid" });
  await expect(at.record(invoiceId, "-1")).rejects.toMatchObject({ kind: "invalid" });
  await expect(at.record(invoiceId, "1.005")).rejects.toThrow(/parts of a cent/);
  const input = { invoice_id: invoiceId, method: "bank_transfer", amount_usd: 1, provider_ref: "UTR-F" } as const;
  const early = recordPayment.run(at.finance(), { ...input, received_on: "2026-07-11" });
  await expect(early).rejects.toMatchObject({ details: [{ field: "received_on" }] });
  await placeInvoice(at.database, {
    invoiceId: "INV-DRAFT",
    tenantId: B,
    period: monthPeriod(month("2026-01")),
    lines: [{ amountMinor: 100n }],
    status: "draft",
  });
  await expect(at.record("INV-DRAFT", "1")).rejects.toMatchObject({ kind: "precondition" });
  const tess = callAs(at.world, actorOf("tenant_admin", "tess", B));
  await expect(at.record("INV-DRAFT", "1", tess)).rejects.toMatchObject({ kind: "missing" });
  const looked = invoicePayments.run(tess, { invoice_id: "INV-DRAFT" });
  await expect(looked).rejects.toMatchObject({ kind: "missing" });
});

test("a tenant gives notice of its own transfer, sees its own payments only, and decides nothing", async () => {
  const own = await at.invoiceOf(2_000n);
  const others = await at.invoiceOf(2_000n, { tenantId: B });
  const tina = callAs(at.world, actorOf("tenant_admin", "tina", A));
  const notice = await at.record(own, "20", tina);
  expect(notice).toMatchObject({ status: "pending", tenant_id: A });
  await expect(at.record(others, "20", tina)).rejects.toMatchObject({ kind: "missing" });
  const card = recordPayment.run(tina, { invoice_id: own, method: "card", amount_usd: 1, provider_ref: "x" });
  await expect(card).rejects.toMatchObject({ kind: "forbidden" });
  await expect(at.approve(notice, tina)).rejects.toMatchObject({ kind: "forbidden" });
  const foreign = await at.record(others, "1");
  await expect(getPayment.run(tina, { payment_id: foreign.payment_id })).rejects.toMatchObject({ kind: "missing" });
  const seen = await listPayments.run(tina, { page_size: 200 });
  expect(new Set(seen.payments.map((payment) => payment.tenant_id))).toEqual(new Set([A]));
  expect(await at.approve(notice)).toMatchObject({ invoice_status: "paid" });
});

test("a request that expired is asked for again and then approved", async () => {
  const payment = await at.record(await at.invoiceOf(100n), "1");
  at.clock.set("2026-08-10T08:00:00Z");
  await expect(at.approve(payment)).rejects.toThrow(/expired/);
  const again = await resubmitPayment.run(at.finance("fiona"), { payment_id: payment.payment_id });
  expect(again.digest).toBe(payment.digest);
  await expect(at.approve(again, callAs(at.world, actorOf("admin", "fiona")))).rejects.toMatchObject({
    kind: "forbidden",
  });
  expect(await at.approve(again)).toMatchObject({ status: "confirmed" });
  at.clock.set("2026-07-10T08:00:00Z");
});

test("the list filters and pages, newest first", async () => {
  const invoiceId = await at.invoiceOf(10_000n);
  const made = [await at.record(invoiceId, "1"), await at.record(invoiceId, "2"), await at.record(invoiceId, "3")];
  const first = await listPayments.run(at.finance(), { invoice_id: invoiceId, status: "pending", page_size: 2 });
  const rest = await listPayments.run(at.finance(), {
    invoice_id: invoiceId,
    page_size: 2,
    page_token: first.next_page_token ?? undefined,
  });
  const ids = [...first.payments, ...rest.payments].map((payment) => payment.payment_id);
  expect(ids).toEqual(made.map((payment) => payment.payment_id).toReversed());
  expect(rest.next_page_token).toBeNull();
  expect((await listPayments.run(at.finance(), { from: "2026-07-11" })).payments).toEqual([]);
});

test("the database refuses to change, delete or apply money that is not certain", async () => {
  const invoiceId = await at.invoiceOf(100n);
  const payment = await at.record(invoiceId, "1");
  const run = (text: string) => at.database.transaction("operator", (tx) => tx.execute(sql.raw(text)));
  const where = `where payment_id = '${payment.payment_id}'`;
  await expect(run(`update payment_txn set amount_minor = 1 ${where}`)).rejects.toMatchObject({ kind: "precondition" });
  await expect(run(`delete from payment_txn ${where}`)).rejects.toMatchObject({ kind: "precondition" });
  const apply = `insert into payment_application (payment_id, invoice_id, tenant_id, amount_minor, applied_at)
    values ('${payment.payment_id}', '${invoiceId}', 'TEN-A', 100, now())`;
  await expect(run(apply)).rejects.toThrow(/nothing of it can be applied/);
  await at.approve(payment);
  await expect(run(`update payment_txn set status = 'failed' ${where}`)).rejects.toThrow(/cannot become failed/);
});

test("the digest covers everything that decides where the money goes", () => {
  const claim = {
    paymentId: "PAY-1",
    tenantId: A,
    invoiceId: "INV-1",
    method: "bank_transfer",
    provider: "bank",
    providerRef: "UTR",
    currency: "USD",
    amountMinor: 100n,
    receivedOn: day("2026-07-01"),
  } as const;
  const changes = [
    { paymentId: "PAY-2" as const },
    { tenantId: B },
    { invoiceId: "INV-2" as const },
    { method: "card" as const },
    { provider: "manual" },
    { providerRef: "UTX" },
    { currency: "EUR" as const },
    { amountMinor: 101n },
    { receivedOn: day("2026-07-02") },
  ];
  const digests = [claim, ...changes.map((change) => ({ ...claim, ...change }))].map(paymentDigest);
  expect(new Set(digests).size).toBe(changes.length + 1);
});
