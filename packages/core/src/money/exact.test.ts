import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  ceiling,
  compare,
  divide,
  exact,
  fraction,
  multiply,
  negate,
  roundTo,
  scaled,
  subtract,
  sumExact,
  toFixed,
  toText,
  tryExact,
} from "./exact.ts";

const rational = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([n, d]) => fraction(n, d));
/** A decimal of at most 12 places, as the product stores it. */
const decimal = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((units) => fraction(units, 10n ** 12n));

describe("exact numbers", () => {
  it("print and read back to the same number", () => {
    fc.assert(
      fc.property(decimal, (value) => {
        expect(exact(toText(value))).toEqual(value);
      }),
    );
  });

  it("are in lowest terms with a positive denominator, so that equal numbers are equal data", () => {
    expect(fraction(6, -4)).toEqual({ n: -3n, d: 2n });
    fc.assert(
      fc.property(rational, fc.bigInt({ min: 1n, max: 1000n }), (value, k) => {
        expect(fraction(value.n * k, value.d * k)).toEqual(value);
      }),
    );
  });

  it("lose nothing in sums and products", () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        expect(sumExact([a, b, negate(a), negate(b)])).toEqual(fraction(0));
      }),
    );
  });

  it("undo a multiplication by a division, and refuse to divide by zero", () => {
    fc.assert(
      fc.property(
        rational,
        rational.filter((value) => value.n !== 0n),
        (a, b) => {
          expect(divide(multiply(a, b), b)).toEqual(a);
        },
      ),
    );
    expect(() => divide(fraction(1), fraction(0))).toThrow(RangeError);
  });

  it.each([
    ["12.50", 25n, 2n],
    ["-0.0000004", -1n, 2_500_000n],
    ["1e-7", 1n, 10_000_000n],
    [".5", 1n, 2n],
    ["1e3", 1000n, 1n],
    ["+7.", 7n, 1n],
  ])("read %s", (text, n, d) => expect(exact(text)).toEqual({ n, d }));

  it.each(["", " ", "NaN", "Infinity", "1,5", "0x10", "1.2.3", "--1", "one", "1e"])("do not read %j", (text) => {
    expect(tryExact(text)).toBeUndefined();
    expect(() => exact(text)).toThrow(/not a decimal number/);
  });
});

describe("length", () => {
  it("a number of more than a thousand signs is none: reading it would take seconds", () => {
    expect(tryExact("9".repeat(1000))).toBeDefined();
    expect(tryExact("9".repeat(1001))).toBeUndefined();
    expect(tryExact(`0.${"1".repeat(1_000_000)}`)).toBeUndefined();
  });
});

describe("rounding", () => {
  it.each([
    ["0.5", 0, "1"],
    ["-0.5", 0, "-1"],
    ["2.5", 0, "3"],
    ["-2.5", 0, "-3"],
    ["1.005", 2, "1.01"],
    ["-1.005", 2, "-1.01"],
    ["2.4999999999999", 0, "2"],
    ["0.00000000000049", 12, "0.000000000000"],
    ["0.0000000000005", 12, "0.000000000001"],
  ])("of %s to %d places is half away from zero", (text, places, expected) => {
    expect(toFixed(exact(text), places)).toBe(expected);
  });

  it("is symmetric about zero and never further off than half a unit", () => {
    fc.assert(
      fc.property(rational, fc.integer({ min: -3, max: 12 }), (value, places) => {
        const rounded = roundTo(value, places);
        expect(roundTo(negate(value), places)).toEqual(negate(rounded));
        const off = subtract(rounded, value);
        const half = places >= 0 ? fraction(1n, 2n * 10n ** BigInt(places)) : fraction(10n ** BigInt(-places), 2n);
        expect(compare(off.n < 0n ? negate(off) : off, half)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("to negative places rounds to tens and hundreds", () => {
    expect(toText(roundTo(exact("123.456"), -2))).toBe("100");
    expect(toText(roundTo(exact("-150"), -2))).toBe("-200");
  });

  it("of a number that is whole in the unit changes nothing", () => {
    fc.assert(
      fc.property(fc.bigInt(), (units) => {
        expect(scaled(fraction(units, 1000n), 3)).toBe(units);
      }),
    );
  });
});

describe("ceiling", () => {
  it("is the smallest whole number not below", () => {
    fc.assert(
      fc.property(rational, (value) => {
        const up = fraction(ceiling(value));
        expect(compare(up, value)).toBeGreaterThanOrEqual(0);
        expect(compare(subtract(up, fraction(1)), value)).toBeLessThan(0);
      }),
    );
  });
});

describe("decimal text", () => {
  it("has no trailing zeros, no exponent and no negative zero", () => {
    expect(toText(exact("120.500"))).toBe("120.5");
    expect(toText(exact("1200"))).toBe("1200");
    expect(toText(exact("1e-7"))).toBe("0.0000001");
    expect(toText(exact("-0.0000000000001"))).toBe("0");
  });
});
