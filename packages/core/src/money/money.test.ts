import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCurrency, minorUnits } from "./currency.ts";
import { exact } from "./exact.ts";
import {
  addMoney,
  exactMoney,
  money,
  moneyText,
  negateMoney,
  noMoney,
  parseMoney,
  roundMoney,
  subtractMoney,
  sumMoney,
} from "./money.ts";

const currency = fc.constantFrom("USD" as const, "JPY" as const, "KWD" as const);
const minor = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe("money", () => {
  it("of two currencies does not add: it neither compiles nor runs", () => {
    const dollars = money(100, "USD");
    const euros = money(100, "EUR");
    // @ts-expect-error two currencies do not add
    expect(() => addMoney(dollars, euros)).toThrow("cannot combine USD with EUR");
    // @ts-expect-error nor subtract
    expect(() => subtractMoney(dollars, euros)).toThrow(RangeError);
    // @ts-expect-error nor sum
    expect(() => sumMoney("USD", [dollars, euros])).toThrow(RangeError);
  });

  it("prints and parses to the same amount in every number of decimals", () => {
    fc.assert(
      fc.property(minor, currency, (units, code) => {
        const amount = money(units, code);
        expect(parseMoney(moneyText(amount), code)).toEqual(amount);
        expect(roundMoney(exactMoney(amount), code)).toEqual(amount);
      }),
    );
  });

  it("adds and subtracts without loss", () => {
    fc.assert(
      fc.property(minor, minor, currency, (a, b, code) => {
        const sum = addMoney(money(a, code), money(b, code));
        expect(subtractMoney(sum, money(b, code))).toEqual(money(a, code));
        expect(sumMoney(code, [sum, negateMoney(sum)])).toEqual(noMoney(code));
      }),
    );
  });

  it("has the decimals of its currency", () => {
    expect(moneyText(money(1250, "USD"))).toBe("12.50");
    expect(moneyText(money(-5, "USD"))).toBe("-0.05");
    expect(moneyText(money(1200, "JPY"))).toBe("1200");
    expect(moneyText(money(1, "KWD"))).toBe("0.001");
  });

  it("rounds an exact amount to its minor unit, half away from zero", () => {
    expect(roundMoney(exact("1.005"), "USD").minor).toBe(101n);
    expect(roundMoney(exact("-1.005"), "USD").minor).toBe(-101n);
    expect(roundMoney(exact("100.5"), "JPY").minor).toBe(101n);
  });

  it("refuses text with more decimals than the currency has, rather than rounding what came in", () => {
    expect(() => parseMoney("1.001", "USD")).toThrow(/more decimals than USD/);
    expect(() => parseMoney("1.5", "JPY")).toThrow(/more decimals than JPY/);
    expect(parseMoney("1.500", "USD").minor).toBe(150n);
  });
});

describe("currencies", () => {
  it("know their minor units from ISO 4217", () => {
    expect(["USD", "JPY", "KWD"].map(minorUnits)).toEqual([2, 0, 3]);
  });

  it("are refused when ISO 4217 does not list them", () => {
    expect(isCurrency("USD")).toBe(true);
    expect(isCurrency("usd")).toBe(false);
    expect(() => minorUnits("ABC")).toThrow(/not an ISO 4217 currency/);
  });
});
