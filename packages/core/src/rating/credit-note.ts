import {
  type Currency,
  divide,
  type Exact,
  exact,
  exactMoney,
  type Money,
  multiply,
  roundMoney,
} from "../money/index.ts";

const clampMoney = <C extends Currency>(amount: Money<C>, most: Money<C>): Money<C> => {
  const high = most.minor > 0n ? most.minor : 0n;
  return { currency: amount.currency, minor: amount.minor < 0n ? 0n : amount.minor > high ? high : amount.minor };
};

/** How much of a line may still be credited: what is asked for, never above its remainder nor below zero. */
export const creditable = <C extends Currency>(asked: Money<C>, original: Money<C>, credited: Money<C>): Money<C> =>
  clampMoney(asked, { currency: original.currency, minor: original.minor - credited.minor });

/**
 * The tax that goes with a credited net amount, at the invoice's own rate, never above what is left of the tax. The credit
 * that uses up the net amount absorbs all the tax that is left.
 */
export const creditTax = <C extends Currency>(
  net: Money<C>,
  left: { readonly net: Money<C>; readonly tax: Money<C> },
  ratePercent: Exact,
): Money<C> => {
  if (net.minor === left.net.minor) return left.tax;
  return clampMoney(roundMoney(multiply(exactMoney(net), divide(ratePercent, exact(100))), net.currency), left.tax);
};
