import { z } from "zod";
import { dayInput, missing, numberAfter, pageInput, pageOf, pageRequest, tenantIdInput } from "../kernel/index.ts";
import { assertOwnTenant, type ViewDoor, view } from "../record/index.ts";
import { INVOICE_STATUSES, isIssued, statusesOf } from "./invoice.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { type Invoice, readInvoice, selectInvoices, selectLines } from "./invoicing.store.ts";
import { shownContent, shownInvoice, shownLine, shownToOperator } from "./wire.ts";

const isOperator = (door: ViewDoor): boolean => door.actor.tenantId === undefined;

/** The invoice, where the actor may see it: a tenant sees what was issued to it, and nothing of drafts. */
export const visibleInvoice = async (door: ViewDoor, invoiceId: Invoice["invoiceId"]): Promise<Invoice> => {
  const invoice = await door.load((tx) => readInvoice(tx, invoiceId));
  if (!isOperator(door) && !isIssued(invoice.status)) throw missing("invoice", invoiceId);
  return invoice;
};

/** One invoice; operators also see who drafted it, what changed against the period before, cost and margin. */
export const getInvoice = view(
  "invoicing.get",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const invoice = await visibleInvoice(door, invoiceId);
    return {
      ...shownInvoice(invoice),
      ...shownContent(invoice),
      ...(isOperator(door) ? shownToOperator(invoice) : {}),
    };
  },
);

/** Invoices, newest period first. `open` and `void` are Phase 1's words for drafts and for what was discarded or cancelled. */
export const listInvoices = view(
  "invoicing.list",
  {
    needs: "billing:read",
    input: z.object({
      tenant_id: tenantIdInput.optional(),
      status: z.enum([...INVOICE_STATUSES, "open", "void"]).optional(),
      from: dayInput.optional(),
      to: dayInput.optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    if (input.tenant_id !== undefined) assertOwnTenant(door, input.tenant_id);
    const request = pageRequest(input.page_size, input.page_token);
    const rows = await door.load((tx) =>
      selectInvoices(tx, {
        tenantId: input.tenant_id,
        statuses: input.status === undefined ? undefined : statusesOf(input.status),
        from: input.from,
        to: input.to,
        issuedOnly: !isOperator(door),
        after: request.after,
        limit: request.size + 1,
      }),
    );
    const page = pageOf(rows, request, (row) => row.invoiceId);
    return { invoices: page.rows.map(shownInvoice), next_page_token: page.nextToken ?? null };
  },
);

/** Lines of an invoice in their order; operators also see the cost and margin of each. */
export const listLines = view(
  "invoicing.list-lines",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput, ...pageInput }) },
  async (door, input) => {
    const invoice = await visibleInvoice(door, input.invoice_id);
    const request = pageRequest(input.page_size, input.page_token);
    const position = numberAfter(request);
    const after = position === undefined ? undefined : Number(position);
    const rows = await door.load((tx) => selectLines(tx, invoice.invoiceId, { after, limit: request.size + 1 }));
    const page = pageOf(rows, request, (row) => String(row.lineNo));
    return {
      lines: page.rows.map((row) => shownLine(row, isOperator(door))),
      next_page_token: page.nextToken ?? null,
    };
  },
);
