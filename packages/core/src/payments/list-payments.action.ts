import { z } from "zod";
import { isIssued, openMinor, type PayableInvoice, readPayable } from "../invoicing/index.ts";
import {
  dayInput,
  type InvoiceId,
  missing,
  pageInput,
  pageOf,
  pageRequest,
  type PaymentId,
  tenantIdInput,
  usdNumber,
} from "../kernel/index.ts";
import { money, moneyText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { assertOwnTenant, type ViewDoor, view } from "../record/index.ts";
import { PAYMENT_STATUSES } from "./payment.ts";
import { type Payment, readApplications, readCredits, readPayment, selectPayments } from "./payments.store.ts";
import { type PaymentUse, shownPayment } from "./wire.ts";

const invoiceIdInput = z.templateLiteral(["INV-", z.string().min(1)]);

/** The invoice as the actor may see it: for a tenant, a draft does not exist. Throws a missing Problem. */
export const visiblePayable = async (door: ViewDoor, tx: Tx, invoiceId: InvoiceId): Promise<PayableInvoice> => {
  const invoice = await readPayable(tx, invoiceId);
  if (door.actor.tenantId !== undefined && !isIssued(invoice.status)) throw missing("invoice", invoiceId);
  return invoice;
};

/** Where the money of some payments went. */
export const usesOf = async (tx: Tx, payments: readonly Payment[]): Promise<ReadonlyMap<PaymentId, PaymentUse>> => {
  const ids = payments.map((payment) => payment.paymentId);
  const applications = Map.groupBy(await readApplications(tx, ids), (row) => row.paymentId);
  const credits = new Map((await readCredits(tx, ids)).map((row) => [row.sourceId, row.amountMinor]));
  return new Map(
    ids.map((id) => [id, { applications: applications.get(id) ?? [], creditMinor: credits.get(id) ?? 0n }]),
  );
};

const shownAll = async (tx: Tx, payments: readonly Payment[]) => {
  const uses = await usesOf(tx, payments);
  return payments.map((payment) =>
    shownPayment(payment, uses.get(payment.paymentId) ?? { applications: [], creditMinor: 0n }),
  );
};

/** Payments, newest first. */
export const listPayments = view(
  "payments.list",
  {
    needs: "billing:read",
    input: z.object({
      tenant_id: tenantIdInput.optional(),
      invoice_id: invoiceIdInput.optional(),
      status: z.enum(PAYMENT_STATUSES).optional(),
      from: dayInput.optional(),
      to: dayInput.optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    if (input.tenant_id !== undefined) assertOwnTenant(door, input.tenant_id);
    const request = pageRequest(input.page_size, input.page_token);
    return door.load(async (tx) => {
      const rows = await selectPayments(tx, {
        tenantId: input.tenant_id,
        invoiceId: input.invoice_id,
        status: input.status,
        from: input.from,
        to: input.to,
        after: request.after,
        limit: request.size + 1,
      });
      const page = pageOf(rows, request, (row) => row.paymentId);
      return { payments: await shownAll(tx, page.rows), next_page_token: page.nextToken ?? null };
    });
  },
);

/** One payment; another tenant's does not exist. */
export const getPayment = view(
  "payments.get",
  { needs: "billing:read", input: z.object({ payment_id: z.templateLiteral(["PAY-", z.string().min(1)]) }) },
  (door, input) =>
    door.load(async (tx) => {
      const payment = await readPayment(tx, input.payment_id);
      const use = (await usesOf(tx, [payment])).get(payment.paymentId);
      return shownPayment(payment, use ?? { applications: [], creditMinor: 0n });
    }),
);

/** What was paid of one invoice, and what is open. */
export const invoicePayments = view(
  "payments.of-invoice",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput }) },
  (door, input) =>
    door.load(async (tx) => {
      const invoice = await visiblePayable(door, tx, input.invoice_id);
      const text = (minor: bigint): string => moneyText(money(minor, invoice.currency));
      const open = openMinor(invoice);
      return {
        invoice_id: invoice.invoiceId,
        status: invoice.status,
        currency: invoice.currency,
        total: text(invoice.totalMinor),
        paid: text(invoice.paidMinor),
        open: text(open),
        ...(invoice.currency === "USD" ? { open_usd: usdNumber(text(open)), open_usd_exact: text(open) } : {}),
        due_date: invoice.dueDate,
        payments: await shownAll(tx, await selectPayments(tx, { invoiceId: input.invoice_id })),
      };
    }),
);
