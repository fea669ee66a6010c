import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayAmount, displayMoney, displayNumber, groupDigits } from "./display.ts";
import { exact, fraction } from "./exact.ts";
import { money, moneyText } from "./money.ts";

describe("money as people read it", () => {
  it("groups thousands and names the currency", () => {
    expect(displayMoney(money(123_450n, "USD"))).toBe("1,234.50 USD");
    expect(displayMoney(money(-100n, "USD"))).toBe("-1.00 USD");
    expect(displayMoney(money(-99_999_999n, "USD"))).toBe("-999,999.99 USD");
  });

  it("shows the decimals of the currency: none for JPY, three for KWD", () => {
    expect(displayMoney(money(1_200n, "JPY"))).toBe("1,200 JPY");
    expect(displayMoney(money(1_234_567n, "KWD"))).toBe("1,234.567 KWD");
  });

  it("loses no digit: without commas and currency it is the wire text", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom("USD", "JPY", "KWD"), (minor, currency) => {
        const amount = money(minor, currency as Uppercase<string>);
        expect(displayMoney(amount).replaceAll(",", "")).toBe(`${moneyText(amount)} ${currency}`);
      }),
    );
  });

  it("groups in threes from the decimal point, never after it", () => {
    expect(["0", "999", "1000", "-123456", "1234567.123456"].map(groupDigits)).toEqual([
      "0",
      "999",
      "1,000",
      "-123,456",
      "1,234,567.123456",
    ]);
  });
});

describe("numbers and unrounded amounts", () => {
  it("keeps the decimals a price needs and fills up to those of the currency", () => {
    expect(displayAmount("0.0004", "USD")).toBe("0.0004");
    expect(displayAmount("1234.5", "USD")).toBe("1,234.50");
    expect(displayAmount("1234", "USD")).toBe("1,234.00");
    expect(displayAmount("0", "JPY")).toBe("0");
    expect(displayAmount("12.340000000000", "EUR")).toBe("12.34");
  });

  it("shows a quantity without trailing zeros and without an exponent", () => {
    expect(displayNumber("1000.500000")).toBe("1,000.5");
    expect(displayNumber("0.000000000000")).toBe("0");
    expect(displayNumber("1e-7")).toBe("0.0000001");
    expect(displayNumber(fraction(1n, 3n))).toBe("0.333333333333");
  });

  it("shows the same number that went in", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 12 }), (n, places) => {
        const value = fraction(n, 10n ** BigInt(places));
        expect(exact(displayNumber(value, 2).replaceAll(",", ""))).toEqual(value);
      }),
    );
  });

  it("refuses what is no decimal instead of showing it", () => {
    expect(() => displayNumber("12,5")).toThrow(RangeError);
    expect(() => displayAmount("", "USD")).toThrow(RangeError);
    expect(() => displayAmount("1", "XXZ")).toThrow(RangeError);
  });
});
