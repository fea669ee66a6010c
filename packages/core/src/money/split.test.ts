import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exact, fraction } from "./exact.ts";
import { splitByWeight } from "./split.ts";

const parts = fc
  .array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 1000n })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => list.map(([n, d], index) => ({ id: `id-${index}`, weight: fraction(n, d) })))
  .filter((list) => list.some((part) => part.weight.n > 0n));
const whole = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const sum = (shares: ReadonlyMap<string, bigint>): bigint => [...shares.values()].reduce((a, b) => a + b, 0n);

describe("a split", () => {
  it("loses nothing: the shares add up to the whole exactly", () => {
    fc.assert(
      fc.property(whole, parts, (units, list) => {
        expect(sum(splitByWeight(units, list))).toBe(units);
      }),
    );
  });

  it("gives each part its exact share, rounded down or up", () => {
    fc.assert(
      fc.property(whole, parts, (units, list) => {
        const shares = splitByWeight(units < 0n ? -units : units, list);
        const weights = list.map((part) => part.weight);
        const denominator = weights.reduce((a, w) => a * w.d, 1n);
        const scaledWeights = weights.map((w) => (w.n * denominator) / w.d);
        const all = scaledWeights.reduce((a, b) => a + b, 0n);
        list.forEach((part, index) => {
          const floor = ((units < 0n ? -units : units) * (scaledWeights[index] ?? 0n)) / all;
          const share = shares.get(part.id) ?? -1n;
          expect(share === floor || share === floor + 1n).toBe(true);
        });
      }),
    );
  });

  it("does not depend on the order of its parts", () => {
    fc.assert(
      fc.property(whole, parts, (units, list) => {
        expect(Object.fromEntries(splitByWeight(units, list.toReversed()))).toEqual(
          Object.fromEntries(splitByWeight(units, list)),
        );
      }),
    );
  });

  it("of a negative whole mirrors that of the positive one", () => {
    fc.assert(
      fc.property(whole, parts, (units, list) => {
        const mirrored = splitByWeight(-units, list);
        for (const [id, share] of splitByWeight(units, list)) expect(mirrored.get(id)).toBe(-share);
      }),
    );
  });

  it("gives what is left to the largest remainders, ties to the lower id", () => {
    const even = ["c", "a", "b"].map((id) => ({ id, weight: exact("1") }));
    expect(Object.fromEntries(splitByWeight(5n, even))).toEqual({ a: 2n, b: 2n, c: 1n });
    const uneven = ["333", "333", "334"].map((weight, index) => ({ id: `${index}`, weight: exact(weight) }));
    expect(Object.fromEntries(splitByWeight(100n, uneven))).toEqual({ 0: 33n, 1: 33n, 2: 34n });
  });

  it("is refused without weights, with a negative one, or where they add up to zero", () => {
    expect(() => splitByWeight(1n, [])).toThrow(/zero/);
    expect(() => splitByWeight(1n, [{ id: "a", weight: exact("0") }])).toThrow(/zero/);
    expect(() => splitByWeight(1n, [{ id: "a", weight: exact("-1") }])).toThrow(/negative/);
  });
});
