import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Exact, exact, fraction } from "../money/index.ts";
import { clampWeights } from "./clamp.ts";

const of = (...weights: (string | number)[]) =>
  weights.map((weight, index) => ({ id: `T${index}`, weight: exact(weight) }));

const sharesOf = (weights: readonly { id: string; weight: Exact }[], floor: Exact | null, cap: Exact | null) => {
  const clamped = clampWeights(weights, floor, cap);
  const whole = clamped.weights.reduce((sum, { weight }) => sum + weight, clamped.left);
  return { ...clamped, whole, shares: clamped.weights.map(({ weight }) => fraction(weight, whole)) };
};

describe("floor and cap", () => {
  it("leaves shares alone that keep within the bounds", () => {
    expect(sharesOf(of(1, 3), exact("0.2"), exact("0.8")).shares).toEqual([fraction(1, 4), fraction(3, 4)]);
  });

  it("shares what a cap frees over the others in proportion", () => {
    const { shares, left } = sharesOf(of(6, 1, 3), null, exact("0.4"));
    expect(shares).toEqual([fraction(2, 5), fraction(1, 5), fraction(2, 5)]);
    expect(left).toBe(0n);
  });

  it("takes what a floor needs from the others in proportion", () => {
    expect(sharesOf(of(1, 49, 50), exact("0.1"), null).shares).toEqual([
      fraction(1, 10),
      fraction(49, 110),
      fraction(5, 11),
    ]);
  });

  it("leaves over what no tenant may take", () => {
    const { shares, left, whole } = sharesOf(of(5, 1), null, exact("0.25"));
    expect(shares).toEqual([fraction(1, 4), fraction(1, 4)]);
    expect(fraction(left, whole)).toEqual(fraction(1, 2));
  });

  it("lowers a floor that does not fit so many tenants to an even share", () => {
    const { shares, isFloorLowered } = sharesOf(of(1, 2, 97), exact("0.5"), null);
    expect(isFloorLowered).toBe(true);
    expect(shares).toEqual([fraction(1, 3), fraction(1, 3), fraction(1, 3)]);
  });

  it("has everything left over when nobody has a weight", () => {
    expect(clampWeights(of(0, 0), null, null)).toEqual({ weights: [], left: 1n, isFloorLowered: false });
  });

  const hundredth = (low: number) => fc.integer({ min: low, max: 100 }).map((value) => fraction(value, 100));
  const weight = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
    .map(([n, d]) => fraction(n, d));
  const weights = fc
    .array(weight, { minLength: 1, maxLength: 30 })
    .map((list) => list.map((one, index) => ({ id: `T${index}`, weight: one })));

  it("keeps every share within its bounds, places all that fits, and keeps the order of the weights", () => {
    fc.assert(
      fc.property(weights, hundredth(0), hundredth(1), (list, a, b) => {
        const [floor, cap] = a.n * b.d <= b.n * a.d ? [a, b] : [b, a];
        if (cap.n === 0n) return;
        const { shares, left, whole, isFloorLowered, weights: placed } = sharesOf(list, floor, cap);
        const count = BigInt(list.length);
        for (const share of shares) {
          expect(share.n * cap.d <= cap.n * share.d).toBe(true);
          if (!isFloorLowered) expect(share.n * floor.d >= floor.n * share.d).toBe(true);
        }
        expect(left >= 0n).toBe(true);
        const capsReachWhole = cap.n * count >= cap.d;
        expect(left === 0n).toBe(capsReachWhole);
        if (!capsReachWhole) expect(left * cap.d).toBe(whole * (cap.d - cap.n * count));
        list.forEach((one, i) =>
          list.forEach((other, j) => {
            const [left, right] = [placed[i]?.weight ?? 0n, placed[j]?.weight ?? 0n];
            if (one.weight.n * other.weight.d < other.weight.n * one.weight.d) expect(left <= right).toBe(true);
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});
