import type { Exact, Money } from "../money/index.ts";
import type { LineType } from "./rate-input.ts";
import type { Step } from "./step.ts";

interface LineFacts {
  readonly id: string;
  readonly lineType: LineType;
  /** For a true-up: the line whose minimum it is; null for all others. */
  readonly parentId: string | null;
  readonly title: string;
  readonly skuCode: string | null;
  readonly metricCode: string | null;
  readonly quantity: string;
  readonly unit: string | null;
  /** The price of a unit, the average one where slabs apply (12 decimals); null where the quantity is 0. */
  readonly unitPrice: string | null;
  readonly steps: readonly Step[];
  readonly servicePeriod: { readonly start: string; readonly end: string } | null;
  readonly isTaxable: boolean;
  readonly isDiscountable: boolean;
  /** The allocated cost behind the line; null where it is not known. */
  readonly cost: string | null;
}

/** A line while it is rated: exact before it becomes text. */
export interface ExactLine extends LineFacts {
  readonly amount: Money;
  readonly amountExact: Exact;
}

/** A rated line as plain data, ready for an invoice line and for its digest. */
export type RatedLine = Readonly<Pick<LineFacts, keyof LineFacts>> & {
  /** Rounded to the currency. */
  readonly amount: string;
  /** Unrounded, 12 decimals at most. */
  readonly amountExact: string;
  /** The line's share of all discounts, positive, in the currency. */
  readonly discount: string;
};

export type RatedDiscount = {
  readonly name: string;
  /** Decimal text; null for a fixed amount. */
  readonly percent: string | null;
  /** What it came to, positive, never more than there was to discount. */
  readonly amount: string;
};

export type RatedTax = {
  readonly name: string;
  readonly jurisdiction: string | null;
  readonly category: string;
  readonly ratePercent: string;
  /** The discounted amount of the lines that carry the tax, without the taxes in it. */
  readonly base: string;
  readonly amount: string;
};

/** What an estimate answers and an invoice draft is made of. Amounts are decimal text with the currency's decimals. */
export type RatedInvoice = {
  readonly currency: string;
  readonly lines: readonly RatedLine[];
  readonly gross: string;
  readonly discounts: readonly RatedDiscount[];
  /** The sum of the discounts, positive. */
  readonly discount: string;
  readonly subtotal: string;
  readonly taxes: readonly RatedTax[];
  readonly tax: string;
  readonly total: string;
  readonly isTaxInclusive: boolean;
};
