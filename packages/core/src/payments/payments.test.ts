import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { placeInvoice, placeTenant } from "../../testing/invoices.ts";
import { listApprovals } from "../approvals/index.ts";
import type { InvoiceId, PaymentId, TenantId } from "../kernel/index.ts";
import { trialBalance } from "../ledger/index.ts";
import type { Database } from "../ports/index.ts";
import type { World } from "../record/index.ts";
import { day, month, monthPeriod } from "../time/index.ts";
import {
  approvePayment,
  getPayment,
  invoicePayments,
  listPayments,
  paymentDigest,
  recordPayment,
  rejectPayment,
  resubmitPayment,
} from "./index.ts";

let database: Database;
const clock = testClock("2026-07-10T08:00:00Z");
let world: World;
const A = "TEN-A" as TenantId;
const B = "TEN-B" as TenantId;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, clock } as unknown as World;
  await placeTenant(database, A);
  await placeTenant(database, B);
});
afterAll(() => database.close());

const finance = (name = "fred") => callAs(world, actorOf("finance", name));
const approver = (name = "anna") => callAs(world, actorOf("approver", name));

let count = 0;
const invoiceOf = async (cents: bigint, change: { tenantId?: TenantId; currency?: "EUR" } = {}): Promise<InvoiceId> => {
  count += 1;
  const invoiceId: InvoiceId = `INV-T-${count}`;
  const first = month(`${2000 + Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`);
  await placeInvoice(database, {
    invoiceId,
    tenantId: A,
    period: monthPeriod(first),
    lines: [{ amountMinor: cents }],
    ...change,
  });
  return invoiceId;
};
const record = (invoiceId: InvoiceId, amount: string, call = finance()) =>
  recordPayment.run(call, {
    invoice_id: invoiceId,
    method: "bank_transfer",
    amount_usd: amount,
    provider_ref: `UTR-${(count += 1)}`,
  });
const approve = (payment: { payment_id: PaymentId; digest: string }, call = approver()) =>
  approvePayment.run(call, { payment_id: payment.payment_id, digest: payment.digest });
const paid = async (invoiceId: InvoiceId, amount: string) => approve(await record(invoiceId, amount));
const stateOf = (invoiceId: InvoiceId) => invoicePayments.run(finance(), { invoice_id: invoiceId });

test("a manual payment is pending and settles nothing until a second person approves it", async () => {
  const invoiceId = await invoiceOf(10_000n);
  const payment = await record(invoiceId, "100.00");
  expect(payment).toMatchObject({ status: "pending", amount_usd: 100, received_on: "2026-07-10", provider: "bank" });
  expect(await stateOf(invoiceId)).toMatchObject({ status: "issued", open_usd: 100 });
  const inbox = await listApprovals.run(approver(), { state: "pending", kind: "manual_payment" });
  expect(inbox.approvals[0]).toMatchObject({
    subject_id: payment.payment_id,
    digest: payment.digest,
    prepared_by: ["USR-fred"],
    summary: { amount_usd: "100.00", invoice_open_usd: "100.00" },
  });
  expect(await approve(payment)).toMatchObject({
    status: "confirmed",
    invoice_status: "paid",
    applied: [{ invoice_id: invoiceId, amount: "100.00" }],
    credit: "0.00",
  });
  expect(await stateOf(invoiceId)).toMatchObject({ status: "paid", paid: "100.00", open: "0.00", open_usd: 0 });
});

test("nobody approves the payment that they recorded, and a machine never approves", async () => {
  const payment = await record(await invoiceOf(100n), "1", callAs(world, actorOf("admin", "olga")));
  const own = approve(payment, callAs(world, actorOf("admin", "olga")));
  await expect(own).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("four-eyes rule") });
  await expect(approve(payment, finance())).rejects.toMatchObject({ kind: "forbidden" });
  const machine = callAs(world, { ...actorOf("approver"), person: undefined });
  await expect(approve(payment, machine)).rejects.toMatchObject({ kind: "forbidden" });
  expect((await getPayment.run(finance(), { payment_id: payment.payment_id })).status).toBe("pending");
});

test("an approval for another digest is refused, and a repeat of the right one changes nothing", async () => {
  const invoiceId = await invoiceOf(500n);
  const payment = await record(invoiceId, "3");
  await expect(approve({ ...payment, digest: "sha256:other" })).rejects.toMatchObject({ kind: "precondition" });
  const first = await approve(payment);
  expect(await approve(payment)).toEqual(first);
  expect(await stateOf(invoiceId)).toMatchObject({ status: "partially_paid", paid: "3.00", open: "2.00" });
  await expect(approve(payment, approver("ben"))).rejects.toMatchObject({ kind: "precondition" });
});

test("a reference is recorded once for ever, whatever else the request says, unless the idempotency key is the same", async () => {
  const invoiceId = await invoiceOf(500n);
  const input = { invoice_id: invoiceId, method: "bank_transfer", amount_usd: 2, provider_ref: "UTR-ONCE" } as const;
  const keyed = callAs(world, actorOf("finance"), "pay-1");
  const first = await recordPayment.run(keyed, input);
  expect(await recordPayment.run(keyed, input)).toEqual(first);
  const again = recordPayment.run(finance(), { ...input, provider_ref: " UTR-ONCE " });
  await expect(again).rejects.toMatchObject({
    kind: "exists",
    code: "ALREADY_EXISTS",
    message: expect.stringContaining(first.payment_id),
  });
  await rejectPayment.run(approver(), { payment_id: first.payment_id, reason: "not on the statement" });
  await expect(recordPayment.run(finance(), input)).rejects.toMatchObject({ kind: "exists" });
});

test("a rejected payment fails with its reason and settles nothing, and is not approved afterwards", async () => {
  const invoiceId = await invoiceOf(500n);
  const payment = await record(invoiceId, "5");
  const rejected = await rejectPayment.run(approver(), { payment_id: payment.payment_id, reason: "no such transfer" });
  expect(rejected).toMatchObject({ status: "failed", failure_reason: "no such transfer", applied: [] });
  await expect(approve(payment)).rejects.toMatchObject({ kind: "precondition" });
  expect(await stateOf(invoiceId)).toMatchObject({ status: "issued", paid: "0.00" });
});

test("what is paid too much becomes the tenant's credit balance, and the books say so", async () => {
  const invoiceId = await invoiceOf(1_000n);
  await paid(invoiceId, "4");
  const last = await paid(invoiceId, "7.50");
  expect(last).toMatchObject({ applied: [{ amount: "6.00" }], credit: "1.50", invoice_status: "paid" });
  expect(await paid(invoiceId, "1")).toMatchObject({ applied: [], credit: "1.00", invoice_status: "paid" });
  const books = await trialBalance.run(finance(), {});
  expect(books.is_balanced).toBe(true);
});

test("an amount in USD does not pay an invoice in another currency", async () => {
  const invoiceId = await invoiceOf(1_000n, { currency: "EUR" });
  await expect(record(invoiceId, "10")).rejects.toMatchObject({
    kind: "invalid",
    details: [{ field: "amount_usd" }],
    message: expect.stringContaining("EUR"),
  });
});

test("an amount that is not positive or has parts of a cent, a day in the future and a draft are refused", async () => {
  const invoiceId = await invoiceOf(1_000n);
  await expect(record(invoiceId, "0")).rejects.toMatchObject({ kind: "invalid" });
  await expect(record(invoiceId, "-1")).rejects.toMatchObject({ kind: "invalid" });
  await expect(record(invoiceId, "1.005")).rejects.toThrow(/parts of a cent/);
  const input = { invoice_id: invoiceId, method: "bank_transfer", amount_usd: 1, provider_ref: "UTR-F" } as const;
  const early = recordPayment.run(finance(), { ...input, received_on: "2026-07-11" });
  await expect(early).rejects.toMatchObject({ details: [{ field: "received_on" }] });
  await placeInvoice(database, {
    invoiceId: "INV-DRAFT",
    tenantId: B,
    period: monthPeriod(month("2026-01")),
    lines: [{ amountMinor: 100n }],
    status: "draft",
  });
  await expect(record("INV-DRAFT", "1")).rejects.toMatchObject({ kind: "precondition" });
  const tess = callAs(world, actorOf("tenant_admin", "tess", B));
  await expect(record("INV-DRAFT", "1", tess)).rejects.toMatchObject({ kind: "missing" });
  const looked = invoicePayments.run(tess, { invoice_id: "INV-DRAFT" });
  await expect(looked).rejects.toMatchObject({ kind: "missing" });
});

test("a tenant gives notice of its own transfer, sees its own payments only, and decides nothing", async () => {
  const own = await invoiceOf(2_000n);
  const others = await invoiceOf(2_000n, { tenantId: B });
  const tina = callAs(world, actorOf("tenant_admin", "tina", A));
  const notice = await record(own, "20", tina);
  expect(notice).toMatchObject({ status: "pending", tenant_id: A });
  await expect(record(others, "20", tina)).rejects.toMatchObject({ kind: "missing" });
  const card = recordPayment.run(tina, { invoice_id: own, method: "card", amount_usd: 1, provider_ref: "x" });
  await expect(card).rejects.toMatchObject({ kind: "forbidden" });
  await expect(approve(notice, tina)).rejects.toMatchObject({ kind: "forbidden" });
  const foreign = await record(others, "1");
  await expect(getPayment.run(tina, { payment_id: foreign.payment_id })).rejects.toMatchObject({ kind: "missing" });
  const seen = await listPayments.run(tina, { page_size: 200 });
  expect(new Set(seen.payments.map((payment) => payment.tenant_id))).toEqual(new Set([A]));
  expect(await approve(notice)).toMatchObject({ invoice_status: "paid" });
});

test("a request that expired is asked for again and then approved", async () => {
  const payment = await record(await invoiceOf(100n), "1");
  clock.set("2026-08-10T08:00:00Z");
  await expect(approve(payment)).rejects.toThrow(/expired/);
  const again = await resubmitPayment.run(finance("fiona"), { payment_id: payment.payment_id });
  expect(again.digest).toBe(payment.digest);
  await expect(approve(again, callAs(world, actorOf("admin", "fiona")))).rejects.toMatchObject({ kind: "forbidden" });
  expect(await approve(again)).toMatchObject({ status: "confirmed" });
  clock.set("2026-07-10T08:00:00Z");
});

test("the list filters and pages, newest first", async () => {
  const invoiceId = await invoiceOf(10_000n);
  const made = [await record(invoiceId, "1"), await record(invoiceId, "2"), await record(invoiceId, "3")];
  const first = await listPayments.run(finance(), { invoice_id: invoiceId, status: "pending", page_size: 2 });
  const rest = await listPayments.run(finance(), {
    invoice_id: invoiceId,
    page_size: 2,
    page_token: first.next_page_token ?? undefined,
  });
  const ids = [...first.payments, ...rest.payments].map((payment) => payment.payment_id);
  expect(ids).toEqual(made.map((payment) => payment.payment_id).toReversed());
  expect(rest.next_page_token).toBeNull();
  expect((await listPayments.run(finance(), { from: "2026-07-11" })).payments).toEqual([]);
});

test("the database refuses to change, delete or apply money that is not certain", async () => {
  const invoiceId = await invoiceOf(100n);
  const payment = await record(invoiceId, "1");
  const run = (text: string) => database.transaction("operator", (tx) => tx.execute(sql.raw(text)));
  const where = `where payment_id = '${payment.payment_id}'`;
  await expect(run(`update payment_txn set amount_minor = 1 ${where}`)).rejects.toMatchObject({ kind: "precondition" });
  await expect(run(`delete from payment_txn ${where}`)).rejects.toMatchObject({ kind: "precondition" });
  const apply = `insert into payment_application (payment_id, invoice_id, tenant_id, amount_minor, applied_at)
    values ('${payment.payment_id}', '${invoiceId}', 'TEN-A', 100, now())`;
  await expect(run(apply)).rejects.toThrow(/nothing of it can be applied/);
  await approve(payment);
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

test("after any sequence of payments no more is applied than came in, nothing is open below zero, and the books balance", async () => {
  const step = fc.record({
    cents: fc.bigInt({ min: 1n, max: 4_000n }),
    invoice: fc.nat({ max: 1 }),
    verdict: fc.constantFrom("approve", "approve", "reject", "wait"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 7 }), fc.bigInt({ min: 1n, max: 6_000n }), async (steps, total) => {
      const invoices = [await invoiceOf(total), await invoiceOf(total)];
      const received = [0n, 0n];
      for (const { cents, invoice, verdict } of steps) {
        const text = `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
        const payment = await record(invoices[invoice] ?? "INV-none", text);
        if (verdict === "reject") await rejectPayment.run(approver(), { payment_id: payment.payment_id, reason: "no" });
        if (verdict !== "approve") continue;
        await approve(payment);
        received[invoice] = (received[invoice] ?? 0n) + cents;
      }
      for (const [index, invoiceId] of invoices.entries()) {
        const came = received[index] ?? 0n;
        const applied = came < total ? came : total;
        const state = await stateOf(invoiceId);
        const sum = (texts: readonly string[]) =>
          texts.reduce((cents, text) => cents + BigInt(text.replace(".", "")), 0n);
        expect(sum([state.paid])).toBe(applied);
        expect(sum([state.open])).toBe(total - applied);
        expect(state.status).toBe(applied === total ? "paid" : applied > 0n ? "partially_paid" : "issued");
        expect(sum(state.payments.flatMap((payment) => payment.applied.map((row) => row.amount)))).toBe(applied);
        expect(sum(state.payments.map((payment) => payment.credit))).toBe(came - applied);
      }
      expect(await trialBalance.run(finance(), {})).toMatchObject({ difference: "0.00" });
    }),
    { numRuns: 12 },
  );
});

test("two payments of one invoice approved at once settle one after the other: together they take exactly what is open", async () => {
  for (let round = 0; round < 5; round += 1) {
    const invoiceId = await invoiceOf(1_000n);
    const payments = [await record(invoiceId, "7"), await record(invoiceId, "8")];
    const outcomes = await Promise.all(payments.map((payment, index) => approve(payment, approver(`anna${index}`))));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["confirmed", "confirmed"]);
    const state = await stateOf(invoiceId);
    expect(state).toMatchObject({ status: "paid", paid: "10.00", open: "0.00" });
    const credits = state.payments.map((payment) => payment.credit).toSorted();
    expect(credits).toEqual(["0.00", "5.00"]);
  }
});

test("one payment approved by two people at once is applied once", async () => {
  const invoiceId = await invoiceOf(1_000n);
  const payment = await record(invoiceId, "7");
  const outcomes = await Promise.allSettled(["anna", "ben", "carl"].map((name) => approve(payment, approver(name))));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(await stateOf(invoiceId)).toMatchObject({ paid: "7.00", open: "3.00" });
});
