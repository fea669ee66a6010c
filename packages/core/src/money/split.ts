import { compare, type Exact, isNegative, isZero, sumExact } from "./exact.ts";

export interface Weighted {
  readonly id: string;
  readonly weight: Exact;
}

const lowerId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Splits a whole number of units by weights, largest remainder, ties to the lower id. The shares add up to the whole exactly.
 * A negative whole is split as its positive and negated. Throws RangeError on no weights, a negative weight or a zero sum.
 */
export const splitByWeight = (whole: bigint, parts: readonly Weighted[]): Map<string, bigint> => {
  if (parts.some((part) => isNegative(part.weight))) throw new RangeError("a weight is negative");
  const total = sumExact(parts.map((part) => part.weight));
  if (isZero(total)) throw new RangeError("the weights add up to zero");
  const magnitude = whole < 0n ? -whole : whole;
  const shares = parts.map((part) => {
    const numerator = magnitude * part.weight.n * total.d;
    const denominator = part.weight.d * total.n;
    const floor = numerator / denominator;
    return { id: part.id, floor, rest: { n: numerator - floor * denominator, d: denominator } };
  });
  let left = magnitude - shares.reduce((sum, share) => sum + share.floor, 0n);
  const order = shares.toSorted((a, b) => compare(b.rest, a.rest) || lowerId(a.id, b.id));
  const result = new Map<string, bigint>();
  for (const share of order) {
    const extra = left > 0n ? 1n : 0n;
    left -= extra;
    result.set(share.id, (result.get(share.id) ?? 0n) + (whole < 0n ? -(share.floor + extra) : share.floor + extra));
  }
  return result;
};
