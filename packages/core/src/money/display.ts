import { minorUnits } from "./currency.ts";
import { type Exact, exact, toText } from "./exact.ts";
import { type Money, moneyText } from "./money.ts";

/** Decimal text with its whole part in groups of three: "-1234567.5" is "-1,234,567.5". */
export const groupDigits = (decimal: string): string => {
  const [whole = "", decimals] = decimal.split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
};

/**
 * A number as people read it: grouped, without trailing zeros but with at least `decimals` decimals. Text is read as a
 * decimal and shown to 12 decimals, never rounded to fewer. Throws RangeError when the text is no decimal.
 */
export const displayNumber = (value: string | Exact, decimals = 0): string => {
  const text = toText(typeof value === "string" ? exact(value) : value);
  const shown = text.split(".")[1] ?? "";
  const padding = "0".repeat(Math.max(0, decimals - shown.length));
  return groupDigits(padding === "" ? text : `${text}${shown === "" ? "." : ""}${padding}`);
};

/** An amount in major units without its currency, with at least the currency's decimals: "1,234.50", "0.0004", "1,200" for JPY. */
export const displayAmount = (value: string | Exact, currency: string): string =>
  displayNumber(value, minorUnits(currency));

/** Money as people read it: "1,234.50 USD", "-1,200 JPY". */
export const displayMoney = (amount: Money): string => `${groupDigits(moneyText(amount))} ${amount.currency}`;
