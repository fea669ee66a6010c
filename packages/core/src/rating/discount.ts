import { invalid } from "../kernel/index.ts";
import {
  compare,
  type Currency,
  divide,
  exact,
  exactMoney,
  fraction,
  isNegative,
  type Money,
  money,
  moneyText,
  multiply,
  roundMoney,
  splitByWeight,
  subtractMoney,
  sumMoney,
  toText,
} from "../money/index.ts";
import { readDecimal } from "./line.ts";
import type { DiscountInput } from "./rate-input.ts";
import type { ExactLine, RatedDiscount } from "./rated-invoice.ts";

/** A line as discounts see it. */
export type Discountable = Pick<ExactLine, "id" | "amount" | "isDiscountable">;

export interface Discounted {
  readonly total: Money;
  /** Share of all discounts per line id, positive. */
  readonly shares: ReadonlyMap<string, Money>;
  readonly discounts: readonly RatedDiscount[];
}

type Size =
  | { readonly kind: "percent"; readonly percent: string }
  | { readonly kind: "fixed"; readonly amount: string };

const sizeOf = (discount: DiscountInput, field: string): Size => {
  const { percent, amount } = discount;
  if (percent !== undefined && amount === undefined) {
    const value = readDecimal(percent, `${field}.percent`);
    if (isNegative(value) || compare(value, exact(100)) > 0)
      throw invalid(`${field}.percent`, "must lie between 0 and 100");
    return { kind: "percent", percent };
  }
  if (amount !== undefined && percent === undefined) {
    if (isNegative(readDecimal(amount, `${field}.amount`))) throw invalid(`${field}.amount`, "must not be negative");
    return { kind: "fixed", amount };
  }
  throw invalid(field, "a discount has either a percent or an amount");
};

const checkLines = (discount: DiscountInput, lines: readonly Discountable[], field: string): void => {
  const unknown = discount.lineIds?.find((id) => !lines.some((line) => line.id === id));
  if (unknown !== undefined) throw invalid(`${field}.line_ids`, `there is no line ${JSON.stringify(unknown)}`);
};

/**
 * Percentages one after the other, each on what is left of the rounded positive discountable lines and rounded once; then
 * fixed amounts, never below zero. Each is spread over its lines by largest remainder, ties to the lower id.
 */
export const applyDiscounts = (
  lines: readonly Discountable[],
  discounts: readonly DiscountInput[],
  currency: Currency,
): Discounted => {
  const shares = new Map(lines.map((line) => [line.id, money(0n, currency)]));
  const sized = discounts.map((discount, index) => {
    const field = `discounts.${index}`;
    checkLines(discount, lines, field);
    return { discount, size: sizeOf(discount, field), name: discount.name ?? `discount ${index + 1}` };
  });
  const order = [...sized.filter((d) => d.size.kind === "percent"), ...sized.filter((d) => d.size.kind === "fixed")];

  const left = (line: Discountable): Money => subtractMoney(line.amount, shares.get(line.id) ?? money(0n, currency));
  const given = order.map(({ discount, size, name }): RatedDiscount => {
    const over = lines.filter(
      (line) => line.isDiscountable && left(line).minor > 0n && (discount.lineIds?.includes(line.id) ?? true),
    );
    const base = sumMoney(currency, over.map(left));
    const wanted =
      size.kind === "percent"
        ? roundMoney(multiply(exactMoney(base), divide(exact(size.percent), exact(100))), currency)
        : roundMoney(exact(size.amount), currency);
    const amount = wanted.minor > base.minor ? base : wanted;
    for (const [id, share] of spread(
      amount,
      over.map((line) => ({ id: line.id, left: left(line) })),
    ))
      shares.set(id, money((shares.get(id)?.minor ?? 0n) + share, currency));
    return { name, percent: size.kind === "percent" ? toText(exact(size.percent)) : null, amount: moneyText(amount) };
  });
  return { total: sumMoney(currency, shares.values()), shares, discounts: given };
};

const spread = (
  amount: Money,
  over: readonly { readonly id: string; readonly left: Money }[],
): ReadonlyMap<string, bigint> =>
  amount.minor === 0n
    ? new Map()
    : splitByWeight(
        amount.minor,
        over.map(({ id, left }) => ({ id, weight: fraction(left.minor) })),
      );
