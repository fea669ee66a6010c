import type { InvoiceId, PaymentId, TenantId } from "../src/kernel/index.ts";
import { approvePayment, invoicePayments, recordPayment } from "../src/payments/index.ts";
import type { Call, World } from "../src/record/index.ts";
import { month, monthPeriod } from "../src/time/index.ts";
import { actorOf, callAs, testClock } from "./actors.ts";
import { testDatabase } from "./database.ts";
import { placeInvoice, placeTenant, type ReadyInvoice } from "./invoices.ts";

export const TENANT_A = "TEN-A" as TenantId;
export const TENANT_B = "TEN-B" as TenantId;

/** Two tenants, people of finance and approvers, and issued invoices as many as wanted. */
export const paymentWorld = async () => {
  const database = await testDatabase();
  const clock = testClock("2026-07-10T08:00:00Z");
  const world = { database, clock } as unknown as World;
  await placeTenant(database, TENANT_A);
  await placeTenant(database, TENANT_B);
  const finance = (name = "fred"): Call => callAs(world, actorOf("finance", name));
  const approver = (name = "anna"): Call => callAs(world, actorOf("approver", name));
  let count = 0;
  /** An issued invoice of a month of its own. */
  const invoiceOf = async (cents: bigint, change: Partial<ReadyInvoice> = {}): Promise<InvoiceId> => {
    count += 1;
    const invoiceId: InvoiceId = `INV-T-${count}`;
    const own = month(`${2000 + Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`);
    const lines = [{ amountMinor: cents }];
    await placeInvoice(database, { invoiceId, tenantId: TENANT_A, period: monthPeriod(own), lines, ...change });
    return invoiceId;
  };
  /** A bank transfer with a reference of its own. */
  const record = (invoiceId: InvoiceId, amount: string, call = finance()) => {
    count += 1;
    const transfer = { method: "bank_transfer", provider_ref: `UTR-${count}` } as const;
    return recordPayment.run(call, { invoice_id: invoiceId, amount_usd: amount, ...transfer });
  };
  const approve = (payment: { payment_id: PaymentId; digest: string }, call = approver()) =>
    approvePayment.run(call, { payment_id: payment.payment_id, digest: payment.digest });
  const stateOf = (invoiceId: InvoiceId) => invoicePayments.run(finance(), { invoice_id: invoiceId });
  return { database, clock, world, finance, approver, invoiceOf, record, approve, stateOf };
};
export type PaymentWorld = Awaited<ReturnType<typeof paymentWorld>>;
