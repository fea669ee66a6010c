import { type Currency, type Money, money, subtractMoney, sumMoney } from "../money/index.ts";
import type { Day } from "../time/index.ts";

/** Prepaid credit that a tenant bought: a liability until it settles invoices or expires. */
export interface CreditGrant {
  readonly id: string;
  readonly left: Money;
  /** The last day on which it may be used; undefined where it does not expire. */
  readonly expiresOn: Day | undefined;
}

export interface Settlement {
  /** What each used grant pays, in the order of use. */
  readonly applied: readonly { readonly grantId: string; readonly amount: Money }[];
  /** What remains to be paid. */
  readonly due: Money;
}

const NEVER = "9999-12-31";

/** Covers amounts one after the other until nothing is left to cover them with (minor units, none negative). */
export const coverInOrder = (amounts: readonly bigint[], available: bigint): bigint[] => {
  let left = available < 0n ? 0n : available;
  return amounts.map((amount) => {
    const covered = amount < left ? amount : left;
    left -= covered;
    return covered;
  });
};

/**
 * Settles a total after tax with prepaid credit of the same currency that has not expired: oldest expiry first, ties by
 * grant id. A total that is not positive uses none.
 */
export const settleWithCredits = <C extends Currency>(
  total: Money<C>,
  grants: readonly CreditGrant[],
  at: Day,
): Settlement => {
  const usable = grants
    .filter(
      (grant) => grant.left.currency === total.currency && grant.left.minor > 0n && at <= (grant.expiresOn ?? NEVER),
    )
    .map((grant) => ({ grant, order: `${grant.expiresOn ?? NEVER} ${grant.id}` }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ grant }) => grant);
  const paid = coverInOrder(
    usable.map((grant) => grant.left.minor),
    total.minor,
  );
  const applied = usable.flatMap((grant, index) => {
    const amount = paid[index] ?? 0n;
    return amount > 0n ? [{ grantId: grant.id, amount: money(amount, total.currency) }] : [];
  });
  return {
    applied,
    due: subtractMoney(
      total,
      sumMoney(
        total.currency,
        applied.map((part) => part.amount),
      ),
    ),
  };
};
