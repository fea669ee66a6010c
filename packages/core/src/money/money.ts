import { type Currency, minorUnits } from "./currency.ts";
import { type Exact, exact, fraction, scaled, tryExact, unscaled } from "./exact.ts";

/** What is billed, paid or posted: a whole number of minor units with its currency. */
export interface Money<C extends Currency = Currency> {
  readonly currency: C;
  readonly minor: bigint;
}

export const money = <C extends Currency>(minor: bigint | number, currency: C): Money<C> => ({
  currency,
  minor: BigInt(minor),
});

export const noMoney = <C extends Currency>(currency: C): Money<C> => money(0n, currency);

const sameCurrency = (a: Money, b: Money): void => {
  if (a.currency !== b.currency) throw new RangeError(`cannot combine ${a.currency} with ${b.currency}`);
};

/** a + b. Two currencies do not compile; where the type is wide, they throw RangeError. */
export const addMoney = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => {
  sameCurrency(a, b);
  return money(a.minor + b.minor, a.currency);
};

export const subtractMoney = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => {
  sameCurrency(a, b);
  return money(a.minor - b.minor, a.currency);
};

export const negateMoney = <C extends Currency>(a: Money<C>): Money<C> => money(-a.minor, a.currency);

export const sumMoney = <C extends Currency>(currency: C, values: Iterable<Money<NoInfer<C>>>): Money<C> => {
  let total = noMoney(currency);
  for (const value of values) total = addMoney(total, value);
  return total;
};

/** An exact amount to the currency's minor unit, half away from zero. */
export const roundMoney = <C extends Currency>(amount: Exact, currency: C): Money<C> =>
  money(scaled(amount, minorUnits(currency)), currency);

/** The exact amount in major units (12.50 USD is 25/2). */
export const exactMoney = (amount: Money): Exact => fraction(amount.minor, 10n ** BigInt(minorUnits(amount.currency)));

/** Decimal text in major units with the currency's decimals: "12.50", "1200" for JPY. */
export const moneyText = (amount: Money): string => unscaled(amount.minor, minorUnits(amount.currency));

/** Reads "12.50" as money; throws RangeError on more decimals than the currency has, rather than rounding input. */
export const parseMoney = <C extends Currency>(text: string, currency: C): Money<C> => {
  const amount = exact(text);
  const rounded = roundMoney(amount, currency);
  if (tryExact(moneyText(rounded))?.n !== amount.n || exactMoney(rounded).d !== amount.d)
    throw new RangeError(`${text} has more decimals than ${currency} allows (${minorUnits(currency)})`);
  return rounded;
};
