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
  readonly skuCode?: string | null;
  readonly metricCode?: string | null;
  readonly unit?: string | null;
  readonly price: PriceSpec;
  /** Units used or owned; 1 where it is left out. */
  readonly quantity?: string;
  readonly includedQuantity?: string;
  readonly minimumAmount?: string | null;
  readonly maximumAmount?: string | null;
  /** Both given: recurring amounts scale by days of service / days of the cycle. */
  readonly cycle?: Period;
  readonly service?: Period;
  /** How the metric adds up; only `peak` scales its quantity by the factor. */
  readonly aggregation?: "sum" | "peak" | "last";
  /** For percentage: the amount it is taken of (the quantity where left out) and how many events it came in. */
  readonly baseAmount?: string;
  readonly events?: string;
  /** For percentage: the amount of each event, where minimum and maximum apply to each. */
  readonly eventAmounts?: readonly string[];
  /** For matrix: which cell. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** The allocated cost behind the line: priced by cost_plus, and the base of the line's margin. */
  readonly cost?: string;
  /** What was rated (units) and billed (amount) before in the same cycle; the line is the difference (late usage). */
  readonly earlier?: { readonly quantity: string; readonly amount?: string };
  readonly isTaxable?: boolean;
  readonly isDiscountable?: boolean;
};

/** The least that several lines together come to in a cycle or term; due lines only, since the true-up comes at its end. */
export type Commitment = {
  /** Id of the true-up line. */
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  /** Lines that count towards it; all where left out. */
  readonly lineIds?: readonly string[];
  readonly cycle?: Period;
  readonly service?: Period;
  /** What was billed towards it before. */
  readonly earlierAmount?: string;
  readonly isTaxable?: boolean;
};

/** A discount: a percentage or a fixed amount in major units. Promotional credit is a fixed amount. */
export type DiscountInput = {
  readonly name?: string;
  readonly percent?: string;
  readonly amount?: string;
  /** Lines it applies to; every discountable line where left out. */
  readonly lineIds?: readonly string[];
};

/** A tax of the invoice. Two entries with the same name, jurisdiction, category and rate are one group. */
export type TaxInput = {
  readonly name: string;
  readonly jurisdiction?: string | null;
  /** EN 16931 category code: S standard, Z zero, E exempt, AE reverse charge; S where left out. */
  readonly category?: string;
  readonly ratePercent: string;
  /** Lines that carry it; every taxable line where left out. */
  readonly lineIds?: readonly string[];
};

export type RateInput = {
  readonly currency: string;
  readonly lines: readonly ChargeInput[];
  /** Least amounts over several lines; a line's own minimum stands in the line. */
  readonly commitments?: readonly Commitment[];
  /** Percentages first, in this order, then fixed amounts, in this order. */
  readonly discounts?: readonly DiscountInput[];
  readonly taxes?: readonly TaxInput[];
  /** Whether the prices contain the taxes. */
  readonly isTaxInclusive?: boolean;
};
