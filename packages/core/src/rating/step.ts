import { add, type Exact, isZero, multiply, toText, ZERO } from "../money/index.ts";

/** One step of a rated line: how many units at which price. Decimal text in units and major units, 12 decimals at most. */
export type Step = {
  /** The step in words: "first 100", "next 400", "over 500". */
  readonly text: string;
  /** Units at which the step starts; null where the step does not lie on the scale of units. */
  readonly from: string | null;
  /** Units at which the step ends, inclusive; null for the open end. */
  readonly to: string | null;
  readonly quantity: string;
  readonly unit_price: string;
  readonly flat_fee: string;
  /** quantity x unit_price + flat_fee, unrounded. */
  readonly amount: string;
};

/** What a price model answers: the unrounded amount, and the steps that add up to it. */
export interface Rated {
  readonly amountExact: Exact;
  readonly steps: readonly Step[];
}

/** What a price model charges for: exact quantities, and how much of the cycle the charge covers. */
export interface Measure {
  readonly quantity: Exact;
  /** Units that cost nothing, already scaled by the factor. */
  readonly included: Exact;
  /** Service days / cycle days. */
  readonly factor: Exact;
  /** Units of the same cycle that were rated before; undefined where this is the first rating of the cycle. */
  readonly earlier: Exact | undefined;
  /** The amount that a percentage is taken of; the quantity where it is undefined. */
  readonly baseAmount: Exact | undefined;
  readonly events: Exact | undefined;
  readonly eventAmounts: readonly Exact[] | undefined;
  /** The allocated cost, for cost_plus. */
  readonly cost: Exact | undefined;
}

interface StepInput {
  readonly text: string;
  readonly from?: Exact | undefined;
  readonly to?: Exact | undefined;
  readonly quantity?: Exact;
  readonly unitPrice?: Exact;
  readonly flatFee?: Exact;
}

/** A step and its exact amount, quantity x unit price + flat fee. */
export const step = (input: StepInput): { readonly step: Step; readonly amount: Exact } => {
  const { quantity = ZERO, unitPrice = ZERO, flatFee = ZERO } = input;
  const amount = add(multiply(quantity, unitPrice), flatFee);
  return {
    amount,
    step: {
      text: input.text,
      from: input.from ? toText(input.from) : null,
      to: input.to ? toText(input.to) : null,
      quantity: toText(quantity),
      unit_price: toText(unitPrice),
      flat_fee: toText(flatFee),
      amount: toText(amount),
    },
  };
};

/** Adds steps up. */
export const rated = (parts: readonly { readonly step: Step; readonly amount: Exact }[]): Rated => {
  let amountExact = ZERO;
  for (const part of parts) amountExact = add(amountExact, part.amount);
  return { amountExact, steps: parts.map((part) => part.step) };
};

/** Appends a step that only moves the amount (a maximum, a reversal); none where nothing moves. */
export const withCorrection = (before: Rated, text: string, amount: Exact): Rated =>
  isZero(amount)
    ? before
    : {
        amountExact: add(before.amountExact, amount),
        steps: [...before.steps, step({ text, flatFee: amount }).step],
      };
