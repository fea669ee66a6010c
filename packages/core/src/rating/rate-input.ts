import type { PriceSpec } from "../catalog/index.ts";
import type { Period } from "../time/index.ts";

/** What a line charges for. `minimum` is the true-up of a commitment, which rating adds by itself. */
export type LineType =
  | "base"
  | "usage"
  | "seat"
  | "topup"
  | "one_off"
  | "cost_plus"
  | "credit"
  | "adjustment"
  | "minimum";

/** One charge to be rated. Quantities and amounts are decimal text (units, major units). */
export type ChargeInput = {
  readonly id: string;
  readonly lineType: LineType;
  readonly title: string;
  readonly skuCode?: string | null | undefined;
  readonly metricCode?: string | null | undefined;
  readonly unit?: string | null | undefined;
  readonly price: PriceSpec;
  /** Units used or owned; 1 where it is left out. */
  readonly quantity?: string | undefined;
  readonly includedQuantity?: string | undefined;
  readonly minimumAmount?: string | null | undefined;
  readonly maximumAmount?: string | null | undefined;
  /** Both given: recurring amounts scale by days of service / days of the cycle. */
  readonly cycle?: Period | undefined;
  readonly service?: Period | undefined;
  /** How the metric adds up; only `peak` scales its quantity by the factor. */
  readonly aggregation?: "sum" | "peak" | "last" | undefined;
  /** For percentage: the amount it is taken of (the quantity where left out) and how many events it came in. */
  readonly baseAmount?: string | undefined;
  readonly events?: string | undefined;
  /** For percentage: the amount of each event, where minimum and maximum apply to each. */
  readonly eventAmounts?: readonly string[] | undefined;
  /** For matrix: which cell. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined;
  /** The allocated cost behind the line: priced by cost_plus, and the base of the line's margin. */
  readonly cost?: string | undefined;
  /** What was rated (units) and billed (amount) before in the same cycle; the line is the difference (late usage). */
  readonly earlier?: { readonly quantity: string; readonly amount?: string | undefined } | undefined;
  /** Lines that name the same series are parts of one price over a cycle, in this order: what is rounded is their sum so far. */
  readonly series?: string | undefined;
  readonly isTaxable?: boolean | undefined;
  readonly isDiscountable?: boolean | undefined;
};

/** The least that several lines together come to in a cycle or term; due lines only, since the true-up comes at its end. */
export type Commitment = {
  /** Id of the true-up line. */
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  /** Lines that count towards it; all where left out. */
  readonly lineIds?: readonly string[] | undefined;
  readonly cycle?: Period | undefined;
  readonly service?: Period | undefined;
  /** What was billed towards it before. */
  readonly earlierAmount?: string | undefined;
  readonly isTaxable?: boolean | undefined;
};

/** A discount: a percentage or a fixed amount in major units. Promotional credit is a fixed amount. */
export type DiscountInput = {
  readonly name?: string | undefined;
  readonly percent?: string | undefined;
  readonly amount?: string | undefined;
  /** Lines it applies to; every discountable line where left out. */
  readonly lineIds?: readonly string[] | undefined;
};

/** A tax of the invoice. Two entries with the same name, jurisdiction, category and rate are one group. */
export type TaxInput = {
  readonly name: string;
  readonly jurisdiction?: string | null | undefined;
  /** EN 16931 category code: S standard, Z zero, E exempt, AE reverse charge; S where left out. */
  readonly category?: string | undefined;
  readonly ratePercent: string;
  /** Lines that carry it; every taxable line where left out. */
  readonly lineIds?: readonly string[] | undefined;
  /** Lines that do not, although they are taxable. */
  readonly exceptLineIds?: readonly string[] | undefined;
};

export type RateInput = {
  readonly currency: string;
  readonly lines: readonly ChargeInput[];
  /** Least amounts over several lines; a line's own minimum stands in the line. */
  readonly commitments?: readonly Commitment[] | undefined;
  /** Percentages first, in this order, then fixed amounts, in this order. */
  readonly discounts?: readonly DiscountInput[] | undefined;
  readonly taxes?: readonly TaxInput[] | undefined;
  /** Whether the prices contain the taxes. */
  readonly isTaxInclusive?: boolean | undefined;
};
