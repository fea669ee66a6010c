import { SCALE, unscaled } from "../money/index.ts";
import type { PayerTotals } from "./daily.ts";

/** The identity of one payer organisation's period: unblended = amortised + upfront purchases + true-up. */
export interface IdentityCheck {
  readonly payer: string;
  readonly unblended: string;
  readonly amortized: string;
  readonly upfrontPurchases: string;
  /** Minus the amortised upfront commitment of the period, from AWS's columns, never a residual. */
  readonly trueUp: string;
  /** unblended - (amortized + upfront purchases + true-up) */
  readonly difference: string;
  /** What AWS's own rounding may leave: lines x 1e-10. */
  readonly tolerance: string;
  readonly isClosed: boolean;
}

const units = (text: string): bigint => BigInt(text.replace(".", ""));
/** 1e-10 in units of 1e-12. */
const TOLERANCE_PER_LINE = 100n;

/** Checks the identity (domain rules, cost) for one payer. Amounts have 12 decimals. */
export const checkIdentity = (totals: PayerTotals): IdentityCheck => {
  const [unblended, amortized] = [units(totals.unblendedCost), units(totals.amortizedCost)];
  const [upfront, trueUp] = [units(totals.upfrontPurchase), -units(totals.amortizedUpfront)];
  const difference = unblended - (amortized + upfront + trueUp);
  const tolerance = BigInt(totals.rows) * TOLERANCE_PER_LINE;
  const text = (value: bigint): string => unscaled(value, SCALE);
  return {
    payer: totals.payer,
    unblended: text(unblended),
    amortized: text(amortized),
    upfrontPurchases: text(upfront),
    trueUp: text(trueUp),
    difference: text(difference),
    tolerance: text(tolerance),
    isClosed: (difference < 0n ? -difference : difference) <= tolerance,
  };
};
