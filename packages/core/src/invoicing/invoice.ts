import { precondition } from "../kernel/index.ts";

export const INVOICE_KINDS = ["regular", "adjustment", "one_off"] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

export const INVOICE_STATUSES = [
  "draft",
  "pending_approval",
  "approved",
  "issued",
  "partially_paid",
  "paid",
  "disputed",
  "uncollectible",
  "cancelled",
  "discarded",
] as const;
/** Issued, and not taken back by a full credit note. */
export const FROZEN = ["issued", "partially_paid", "paid", "disputed", "uncollectible"] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** Where an invoice may go from where it is (spec: Invoices, life). Back to draft is "sent back" or "made again". */
const MOVES: Readonly<Record<InvoiceStatus, readonly InvoiceStatus[]>> = {
  draft: ["pending_approval", "discarded"],
  pending_approval: ["approved", "draft", "discarded"],
  approved: ["issued", "draft", "discarded"],
  issued: ["partially_paid", "paid", "disputed", "uncollectible", "cancelled"],
  partially_paid: ["issued", "paid", "disputed", "uncollectible", "cancelled"],
  paid: ["issued", "partially_paid", "disputed", "cancelled"],
  disputed: ["issued", "partially_paid", "paid", "uncollectible", "cancelled"],
  uncollectible: ["partially_paid", "paid"],
  cancelled: [],
  discarded: [],
};

export const mayMove = (from: InvoiceStatus, to: InvoiceStatus): boolean => MOVES[from].includes(to);

/** Drafts and what waits for approval can still be made again or discarded; from issue on everything is frozen. */
export const isIssued = (status: InvoiceStatus): boolean =>
  !["draft", "pending_approval", "approved", "discarded"].includes(status);

/** Throws a precondition Problem that says what the invoice is, and where it can go from there. */
export const checkMove = (invoiceId: string, from: InvoiceStatus, to: InvoiceStatus): void => {
  if (mayMove(from, to)) return;
  const open = MOVES[from];
  throw precondition(
    `invoice ${invoiceId} is ${from} and cannot become ${to}. ${open.length === 0 ? "It is final." : `From ${from} it can become ${open.join(", ")}.`}`,
  );
};

/** What the payments say of an issued invoice: paid means that exactly nothing is open. */
export const paymentStatus = (totalMinor: bigint, paidMinor: bigint): "issued" | "partially_paid" | "paid" =>
  paidMinor >= totalMinor ? "paid" : paidMinor > 0n ? "partially_paid" : "issued";

/** Statuses that a filter means; Phase 1 said `open` for a draft and `void` for one that was discarded or cancelled. */
export const statusesOf = (filter: InvoiceStatus | "open" | "void"): readonly InvoiceStatus[] =>
  filter === "open" ? ["draft"] : filter === "void" ? ["discarded", "cancelled"] : [filter];
