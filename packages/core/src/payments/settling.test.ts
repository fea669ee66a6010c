import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PaymentWorld, paymentWorld } from "../../testing/payment-world.ts";
import { trialBalance } from "../ledger/index.ts";
import { rejectPayment } from "./index.ts";

let at: PaymentWorld;
beforeAll(async () => {
  at = await paymentWorld();
});
afterAll(() => at.database.close());

test("after any sequence of payments no more is applied than came in, nothing is open below zero, and the books balance", async () => {
  const step = fc.record({
    cents: fc.bigInt({ min: 1n, max: 4_000n }),
    invoice: fc.nat({ max: 1 }),
    verdict: fc.constantFrom("approve", "approve", "reject", "wait"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 7 }), fc.bigInt({ min: 1n, max: 6_000n }), async (steps, total) => {
      const invoices = [await at.invoiceOf(total), await at.invoiceOf(total)];
      const received = [0n, 0n];
      for (const { cents, invoice, verdict } of steps) {
        const text = `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
        const payment = await at.record(invoices[invoice] ?? "INV-none", text);
        if (verdict === "reject")
          await rejectPayment.run(at.approver(), { payment_id: payment.payment_id, reason: "no" });
        if (verdict !== "approve") continue;
        await at.approve(payment);
        received[invoice] = (received[invoice] ?? 0n) + cents;
      }
      for (const [index, invoiceId] of invoices.entries()) {
        const came = received[index] ?? 0n;
        const applied = came < total ? came : total;
        const state = await at.stateOf(invoiceId);
        const sum = (texts: readonly string[]) =>
          texts.reduce((cents, text) => cents + BigInt(text.replace(".", "")), 0n);
        expect(sum([state.paid])).toBe(applied);
        expect(sum([state.open])).toBe(total - applied);
        expect(state.status).toBe(applied === total ? "paid" : applied > 0n ? "partially_paid" : "issued");
        expect(sum(state.payments.flatMap((payment) => payment.applied.map((row) => row.amount)))).toBe(applied);
        expect(sum(state.payments.map((payment) => payment.credit))).toBe(came - applied);
      }
      expect(await trialBalance.run(at.finance(), {})).toMatchObject({ difference: "0.00" });
    }),
    { numRuns: 12 },
  );
});

test("two payments of one invoice approved at once settle one after the other: together they take exactly what is open", async () => {
  for (let round = 0; round < 5; round += 1) {
    const invoiceId = await at.invoiceOf(1_000n);
    const payments = [await at.record(invoiceId, "7"), await at.record(invoiceId, "8")];
    const outcomes = await Promise.all(
      payments.map((payment, index) => at.approve(payment, at.approver(`anna${index}`))),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["confirmed", "confirmed"]);
    const state = await at.stateOf(invoiceId);
    expect(state).toMatchObject({ status: "paid", paid: "10.00", open: "0.00" });
    const credits = state.payments.map((payment) => payment.credit).toSorted();
    expect(credits).toEqual(["0.00", "5.00"]);
  }
});

test("one payment approved by two people at once is applied once", async () => {
  const invoiceId = await at.invoiceOf(1_000n);
  const payment = await at.record(invoiceId, "7");
  const outcomes = await Promise.allSettled(
    ["anna", "ben", "carl"].map((name) => at.approve(payment, at.approver(name))),
  );
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(await at.stateOf(invoiceId)).toMatchObject({ paid: "7.00", open: "3.00" });
});
