import type { Currency } from "../money/index.ts";
import type { Day } from "../time/index.ts";

/**
 * An invoice or credit note as it is printed: plain data, made once by the invoicing room. Whoever prints it computes nothing.
 * Amounts are decimal text in major units of `currency` ("1234.50", "-20.00"), shown with grouping and with at least the
 * currency's decimals; quantities and prices are decimal text with as many decimals as they need ("0.0004").
 * Texts are shown as they are, never read as markup.
 */
export interface InvoiceDocument {
  readonly kind: "invoice" | "credit_note";
  readonly invoiceId: string;
  /** The gapless legal number; absent on a draft, which is marked as such on every page. */
  readonly number?: string | undefined;
  readonly issueDate: Day;
  /** Date of supply for tax (EN 16931 BT-7). */
  readonly taxPoint: Day;
  /** Absent on a credit note that asks for no payment. */
  readonly dueDate?: Day | undefined;
  readonly period: { readonly start: Day; readonly end: Day };
  readonly currency: Currency;
  readonly seller: DocumentParty;
  readonly buyer: DocumentParty;
  /** Absent where nothing of a plan is charged, as on what only corrects earlier invoices. */
  readonly plan?: { readonly name: string; readonly version: string } | undefined;
  /** The buyer's own reference, such as a purchase order. */
  readonly buyerReference?: string | undefined;
  /** What a credit note or an adjustment corrects. */
  readonly corrects?: { readonly number: string; readonly issueDate: Day; readonly reason: string } | undefined;

  readonly lines: readonly DocumentLine[];
  /** Sum of the rounded lines. */
  readonly gross: string;
  /** Amounts carry their own sign: a discount is negative. */
  readonly discounts: readonly DocumentAmount[];
  readonly subtotal: string;
  readonly taxes: readonly DocumentTax[];
  readonly total: string;
  /** What settled part of the total before this document went out, such as prepaid credit (negative). */
  readonly settlements: readonly DocumentAmount[];
  /** What is left to pay, or, on a credit note, to be credited. */
  readonly amountDue: string;
  /** The total in the ledger's base; required when `currency` is not USD, and absent otherwise. */
  readonly usd?: DocumentConversion | undefined;

  readonly payment: { readonly instructions: readonly string[]; readonly url?: string | undefined };
  /** Remarks about the whole document, such as a reverse-charge statement. */
  readonly notes: readonly string[];
  /** SHA-256 in hex of the evidence behind the lines. */
  readonly evidenceDigest: string;
  /** Small print at the foot of every page, one or two lines. */
  readonly footer: string;
}

export interface DocumentParty {
  readonly name: string;
  readonly addressLines: readonly string[];
  readonly taxIds: readonly { readonly label: string; readonly value: string }[];
  readonly email?: string | undefined;
}

export interface DocumentLine {
  readonly title: string;
  readonly detail?: string | undefined;
  /** Absent where the line is an amount without a quantity, such as a true-up. */
  readonly quantity?: string | undefined;
  readonly unit?: string | undefined;
  readonly unitPrice?: string | undefined;
  readonly amount: string;
  /** How the amount came about: one row per slab or step, in words ("First 1,000 GB"). */
  readonly steps: readonly DocumentStep[];
  /** Such as "Used 12 of 31 days". */
  readonly notes: readonly string[];
}

export interface DocumentStep {
  readonly text: string;
  readonly quantity?: string | undefined;
  readonly unitPrice?: string | undefined;
  readonly flatFee?: string | undefined;
  /** Unrounded: only the line is rounded. */
  readonly amount: string;
}

export interface DocumentAmount {
  readonly text: string;
  readonly amount: string;
}

export interface DocumentTax {
  readonly name: string;
  /** Percent: "19" is 19 %. */
  readonly rate: string;
  readonly base: string;
  readonly amount: string;
}

export interface DocumentConversion {
  readonly total: string;
  /** USD for one unit of the document's currency. */
  readonly rate: string;
  readonly rateDate: Day;
  readonly source: string;
}

export interface Documents {
  /**
   * The document as a tagged PDF: the same bytes whenever it is rendered. Throws a Problem of kind invalid that names the
   * character and its field when no font can show it, or the field when a date or a decimal cannot be read.
   */
  renderInvoice(document: InvoiceDocument): Promise<Uint8Array>;
}
