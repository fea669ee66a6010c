import { invalid } from "../kernel/index.ts";
import {
  add,
  type Currency,
  divide,
  type Exact,
  exact,
  exactMoney,
  isNegative,
  type Money,
  money,
  moneyText,
  multiply,
  roundMoney,
  subtractMoney,
  sumMoney,
  toText,
  ZERO,
} from "../money/index.ts";
import { readDecimal } from "./line.ts";
import type { TaxInput } from "./rate-input.ts";
import type { ExactLine, RatedTax } from "./rated-invoice.ts";

/** A line as taxes see it. */
export type Taxable = Pick<ExactLine, "id" | "parentId" | "amount" | "isTaxable">;

interface Group {
  readonly tax: RatedTax;
  readonly rate: Exact;
  readonly lineIds: Set<string>;
}

const HUNDRED = exact(100);

/** Gathers taxes with the same name, jurisdiction, category and rate, and the lines that carry each. */
const groupsOf = (taxes: readonly TaxInput[], lines: readonly Taxable[]): Group[] => {
  const groups = new Map<string, Group>();
  taxes.forEach((input, index) => {
    const rate = readDecimal(input.ratePercent, `taxes.${index}.rate_percent`);
    if (isNegative(rate)) throw invalid(`taxes.${index}.rate_percent`, "must not be negative");
    const unknown = input.lineIds?.find((id) => !lines.some((line) => line.id === id));
    if (unknown !== undefined) throw invalid(`taxes.${index}.line_ids`, `there is no line ${JSON.stringify(unknown)}`);
    const head = {
      name: input.name,
      jurisdiction: input.jurisdiction ?? null,
      category: input.category ?? "S",
      ratePercent: toText(rate),
    };
    const key = JSON.stringify(head);
    const group = groups.get(key) ?? { tax: { ...head, base: "0", amount: "0" }, rate, lineIds: new Set<string>() };
    for (const line of lines) {
      const id = line.parentId ?? line.id;
      const isMeant = (input.lineIds?.includes(id) ?? true) && !input.exceptLineIds?.includes(id);
      if (line.isTaxable && isMeant) group.lineIds.add(line.id);
    }
    groups.set(key, group);
  });
  return [...groups.values()];
};

/**
 * Tax per (name, jurisdiction, category, rate) on the discounted lines that carry it, rounded once (the order of EN 16931).
 * Where prices contain the taxes, a line's part is amount x rate / (100 + all rates of that line).
 */
export const computeTaxes = (
  lines: readonly Taxable[],
  discounts: ReadonlyMap<string, Money>,
  taxes: readonly TaxInput[],
  isInclusive: boolean,
  currency: Currency,
): { readonly total: Money; readonly taxes: readonly RatedTax[] } => {
  const groups = groupsOf(taxes, lines);
  const net = new Map(
    lines.map((line) => [
      line.id,
      exactMoney(subtractMoney(line.amount, discounts.get(line.id) ?? money(0n, currency))),
    ]),
  );
  const ratesOf = (id: string): Exact =>
    groups.filter((group) => group.lineIds.has(id)).reduce((sum, group) => add(sum, group.rate), ZERO);
  const over = (group: Group, part: (amount: Exact, id: string) => Exact): Exact =>
    [...group.lineIds].reduce((sum, id) => add(sum, part(net.get(id) ?? ZERO, id)), ZERO);

  const done = groups.map((group) => {
    const share = (id: string, rate: Exact): Exact => divide(rate, isInclusive ? add(HUNDRED, ratesOf(id)) : HUNDRED);
    const amount = roundMoney(
      over(group, (value, id) => multiply(value, share(id, group.rate))),
      currency,
    );
    const whole = roundMoney(
      over(group, (value) => value),
      currency,
    );
    const contained = isInclusive
      ? roundMoney(
          over(group, (value, id) => multiply(value, share(id, ratesOf(id)))),
          currency,
        )
      : money(0n, currency);
    return {
      amount,
      tax: { ...group.tax, base: moneyText(subtractMoney(whole, contained)), amount: moneyText(amount) },
    };
  });
  return {
    total: sumMoney(
      currency,
      done.map((group) => group.amount),
    ),
    taxes: done.map((group) => group.tax),
  };
};
