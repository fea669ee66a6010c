import type { PriceSpec } from "../catalog/index.ts";
import { digestOf, type Json, unreachable } from "../kernel/index.ts";
import { type Currency, exact, isNegative } from "../money/index.ts";
import { addDays, type Day } from "../time/index.ts";
import type { Step } from "../rating/index.ts";
import type { Adjustment, LineTax, RestatementRef } from "./adjustment-line.ts";
import type { InvoiceKind } from "./invoice.ts";

/** What a line charges for, in Phase 1's words where it has them. */
export type InvoiceLineType =
  | "subscription"
  | "usage"
  | "seat"
  | "topup"
  | "one_off"
  | "allocation"
  | "credit"
  | "adjustment"
  | "minimum";

type Span = { readonly start: Day; readonly end: Day };

/** What a line was rated from; enough to rate it again. Quantities as they were measured, before any scaling. */
export type DraftCharge = {
  readonly price: PriceSpec;
  readonly quantity: string;
  readonly included_quantity: string;
  readonly aggregation: "sum" | "peak" | "last";
  readonly cycle: Span;
  /** The allocated cost that a cost_plus price is taken of. */
  readonly cost: string | null;
};

/** One line. Amounts are decimal text in major units of the document's currency, costs in USD. */
export type DraftLine = {
  readonly line_no: number;
  readonly id: string;
  readonly line_type: InvoiceLineType;
  readonly sku_code: string;
  readonly sku_family: string;
  readonly metric_code: string | null;
  readonly title: string;
  readonly quantity: string;
  readonly unit: string;
  readonly unit_price: string | null;
  readonly amount: string;
  readonly amount_exact: string;
  /** The line's share of all discounts, positive. */
  readonly discount: string;
  /** Allocated cost that the line carries: margin = amount - discount - cost. */
  readonly cost: string;
  readonly service: Span;
  readonly steps: readonly Step[];
  /** Null for a line that other lines brought about, such as a true-up. */
  readonly charge: DraftCharge | null;
  /** Rows of the allocation whose cost the line carries, all or in part. */
  readonly allocation_ids: readonly string[];
  /** What the line corrects, where it brings a later delivery's cost to an invoice that was issued before. */
  readonly adjusts?: Adjustment;
};

export type DraftTax = LineTax & {
  readonly base: string;
  readonly amount: string;
  /** The lines that carry it, where not all do. */
  readonly line_nos?: readonly number[];
};

export type DraftParty = {
  readonly id: string;
  readonly name: string;
  readonly contact: string | null;
  readonly address_lines: readonly string[];
  readonly country: string | null;
  readonly tax_ids: readonly { readonly scheme: string; readonly id: string }[];
  readonly email: string | null;
};

export type DraftInputs = {
  readonly usage: {
    readonly digest: string;
    readonly values: readonly {
      readonly metric_code: string;
      readonly start: Day;
      readonly end: Day;
      readonly value: string;
      readonly days: number;
    }[];
  };
  readonly allocation: {
    readonly run_id: string;
    readonly digest: string;
    readonly basis: string;
    readonly cost: string;
  };
  readonly deliveries: readonly { readonly delivery_id: string; readonly digest: string }[];
  readonly delivery_digest: string;
  /** The restatements that lines of the invoice bill. */
  readonly adjustments?: readonly RestatementRef[];
};

/** The whole invoice as plain data: what an approver approves and what is issued. */
export type DraftDocument = {
  readonly schema: 1;
  readonly kind: InvoiceKind;
  readonly tenant_id: string;
  readonly period: Span;
  readonly currency: Currency;
  readonly seller: DraftParty & { readonly payment_instructions: string };
  readonly buyer: DraftParty;
  readonly dates: {
    readonly tax_point: Day;
    /** The invoice is due so many days after it is issued. */
    readonly payment_term_days: number;
  };
  readonly plans: readonly {
    readonly plan_code: string;
    readonly version: string;
    readonly digest: string;
    readonly start: Day;
    readonly end: Day;
  }[];
  readonly lines: readonly DraftLine[];
  readonly discounts: readonly { readonly name: string; readonly percent: string | null; readonly amount: string }[];
  readonly taxes: readonly DraftTax[];
  readonly gross: string;
  readonly discount: string;
  readonly subtotal: string;
  readonly tax: string;
  readonly total: string;
  readonly inputs: DraftInputs;
};

/** What a tenant is to get back is a credit note, never an invoice. */
export const isCreditNote = ({ total }: Pick<DraftDocument, "total">): boolean => isNegative(exact(total));
export const documentTypeOf = (document: Pick<DraftDocument, "total">): "invoice" | "credit_note" =>
  isCreditNote(document) ? "credit_note" : "invoice";

/** The last day to pay what is issued on a day. */
export const dueDateOf = ({ dates }: Pick<DraftDocument, "dates">, issueDate: Day): Day =>
  addDays(issueDate, dates.payment_term_days);

/** The digest that an approval carries. */
export const documentDigest = (document: DraftDocument): string => digestOf(document);

/** A stored document; what is stored was written by this room. Throws an internal Problem on anything else. */
export const readDocument = (stored: Json): DraftDocument => {
  if (typeof stored === "object" && stored !== null && "schema" in stored && stored["schema"] === 1)
    return stored as unknown as DraftDocument;
  return unreachable("a stored invoice document has no schema that is known");
};

/** Every delivery that the costs of a document come from: its own period's, and those of the restatements that it bills. */
export const deliveriesOf = (document: DraftDocument): DraftInputs["deliveries"] => [
  ...document.inputs.deliveries,
  ...(document.inputs.adjustments ?? []).flatMap((adjustment) => adjustment.deliveries),
];
