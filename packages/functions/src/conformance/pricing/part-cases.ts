import {
  type Currency,
  exact,
  exactMoney,
  money,
  type Money,
  moneyText,
  parseMoney,
  roundMoney,
  toText,
} from "@commops/core/money";
import { applyDiscounts, type ChargeInput, coverInOrder, rateCharges, type RatedLine } from "@commops/core/rating";
import type { Answer } from "./compare.ts";
import type { Fields } from "./fields.ts";
import { maximumOf, priceOf } from "./prices.ts";

/** A part of a line as an invoice would show it: units of one slab, or a fee. */
interface Component {
  readonly kind: "usage" | "commitment";
  readonly unitPrice: string;
  readonly quantity: string;
  readonly amount: bigint;
  readonly discount: bigint;
  readonly tier?: number;
  readonly component?: "unit" | "flat";
}

type Part = "single" | "mid_period_split" | "last_in_period_split";

const isPart = (text: string): text is Part =>
  text === "single" || text === "mid_period_split" || text === "last_in_period_split";

/** Whether a price bills in this part of the cycle: in advance with the first, what needs the whole cycle with the last. */
const isDue = (price: Fields, part: Part): boolean => {
  const isLast = part !== "mid_period_split";
  switch (price.text("model")) {
    case "flat":
      return price.maybe("term") === "in_advance" ? part === "single" : isLast;
    case "volume":
    case "stairstep":
      return isLast;
    default:
      return true;
  }
};

const isSwitchedOff = (inputs: Fields, what: RegExp): boolean =>
  inputs.texts("options").some((option) => what.test(option));

const chargeOf = (inputs: Fields, price: Fields, part: Part): ChargeInput => {
  const spec = priceOf(price);
  const before = exact(inputs.maybe("quantity_before_line") ?? "0");
  const billed = inputs.maybe("previously_billed");
  const billsWhole = spec.model === "flat" || spec.model === "volume" || spec.model === "stairstep";
  const isLater = part !== "single" || before.n !== 0n || billed !== undefined;
  const quantity = inputs.text("quantity");
  const hasMinimum = part !== "mid_period_split" && !isSwitchedOff(inputs, /minimumcommitmentignored/i);
  return {
    id: "usage",
    lineType: "usage",
    title: "usage",
    price: spec,
    ...(spec.model === "cost_plus" ? { cost: quantity } : { quantity }),
    ...(isLater && !billsWhole && { earlier: { quantity: toText(before), amount: billed } }),
    minimumAmount: hasMinimum ? price.maybe("min_amount") : undefined,
    maximumAmount: maximumOf(price),
  };
};

const componentsOf = (line: RatedLine, charge: ChargeInput, price: Fields, currency: Currency): Component[] => {
  const minor = (text: string): bigint => roundMoney(exact(text), currency).minor;
  const { model } = charge.price;
  if (model === "flat" || model === "cost_plus")
    return [{ kind: "usage", unitPrice: line.amount, quantity: "1", amount: minor(line.amount), discount: 0n }];
  const tiers = price.list("tiers");
  return line.steps.flatMap((step): Component[] => {
    const tier = model === "graduated" ? tierOf(tiers, step.from) : undefined;
    const head = { kind: "usage" as const, discount: 0n, ...(tier !== undefined && { tier }) };
    const units =
      roundMoney({ n: exact(step.amount).n, d: exact(step.amount).d }, currency).minor - minor(step.flat_fee);
    return [
      { ...head, unitPrice: step.flat_fee, quantity: "1", amount: minor(step.flat_fee), component: "flat" as const },
      { ...head, unitPrice: step.unit_price, quantity: step.quantity, amount: units, component: "unit" as const },
    ];
  });
};

/** Which tier starts at a bound, counted from 1. */
const tierOf = (tiers: readonly Fields[], from: string | null): number => {
  const below = tiers.findIndex((tier) => tier.maybe("up_to") !== undefined && toText(tier.exact("up_to")) === from);
  return below + 2;
};

/** Cuts what is above the line's maximum off its components, the last first, and spreads its percentage discount. */
const reduce = (parts: readonly Component[], capped: Money, percent: string | undefined): Component[] => {
  const covered = coverInOrder(
    parts.map((part) => part.amount),
    capped.minor,
  );
  const lines = parts.map((_, index) => ({
    id: String(index).padStart(4, "0"),
    amount: money(covered[index] ?? 0n, capped.currency),
    isDiscountable: true,
  }));
  const given = applyDiscounts(lines, percent === undefined ? [] : [{ percent }], capped.currency);
  return parts.map((part, index) => ({
    ...part,
    discount: part.amount - (covered[index] ?? 0n) + (given.shares.get(lines[index]?.id ?? "")?.minor ?? 0n),
  }));
};

/** What each grant pays of each component, grants and components in order. */
const payWith = (grants: readonly bigint[], parts: readonly Component[]): bigint[][] => {
  let open = parts.map(netOf);
  const paid: bigint[][] = parts.map(() => []);
  for (const grant of grants) {
    const covered = coverInOrder(open, grant);
    open = open.map((amount, index) => amount - (covered[index] ?? 0n));
    covered.forEach((amount, index) => amount > 0n && paid[index]?.push(amount));
  }
  return paid;
};

const netOf = (part: Component): bigint => part.amount - part.discount;

const write = (part: Component, credits: readonly bigint[], currency: Currency): Answer => {
  const show = (minor: bigint): string => moneyText(money(minor, currency));
  const credit = credits.reduce((sum, amount) => sum + amount, 0n);
  const isCommitment = part.kind === "commitment";
  return {
    kind: part.kind,
    unit_price: part.unitPrice,
    quantity: part.quantity,
    amount: isCommitment ? "0" : show(part.amount),
    charges: isCommitment ? show(part.amount) : "0",
    discount: show(part.discount),
    credits: show(credit),
    total: show(netOf(part) - credit),
    tier: part.tier,
    component: part.component,
    credits_applied: credits.map(show),
  };
};

/** A part of a cycle, rated after what came before it in the same cycle, with minimum, maximum, discount and credits. */
export const ratePartCase = (inputs: Fields): { readonly lines: Answer[]; readonly total: string } => {
  const price = inputs.child("price");
  const part = inputs.text("line");
  if (!price || !isPart(part)) throw new Error(`no part of a cycle is called ${part}`);
  const currency = inputs.currency();
  if (!isDue(price, part)) return { lines: [], total: "0" };
  const charge = chargeOf(inputs, price, part);
  const [line, minimum] = rateCharges({ currency, lines: [charge] }).lines;
  const [whole] = rateCharges({ currency, lines: [{ ...charge, minimumAmount: null, maximumAmount: null }] }).lines;
  if (!line || !whole) throw new Error("no line was rated");
  const capped = parseMoney(line.amount, currency);
  const components = componentsOf(whole, charge, price, currency).filter((entry) => entry.amount !== 0n);
  const usage = reduce(components, capped, inputs.maybe("percentage_discount"));
  const missing = minimum ? parseMoney(minimum.amount, currency) : undefined;
  const parts: Component[] = [
    ...usage,
    ...(missing
      ? [
          {
            kind: "commitment" as const,
            unitPrice: moneyText(missing),
            quantity: "1",
            amount: missing.minor,
            discount: 0n,
          },
        ]
      : []),
  ];
  const grants = isSwitchedOff(inputs, /credit/i) ? [] : inputs.texts("credits");
  const credits = payWith(
    grants.map((text) => roundMoney(exact(text), currency).minor),
    parts,
  );
  const total = parts.reduce(
    (sum, entry, index) => sum + netOf(entry) - (credits[index] ?? []).reduce((a, b) => a + b, 0n),
    0n,
  );
  return {
    lines: parts.map((entry, index) => write(entry, credits[index] ?? [], currency)),
    total: toText(exactMoney(money(total, currency))),
  };
};

const isEmptyLine = (line: unknown): boolean => {
  const { amount, charges } = Object(line) as { readonly amount?: unknown; readonly charges?: unknown };
  return Number(amount ?? 0) === 0 && Number(charges ?? 0) === 0;
};

/** Lines without an amount are presentation: only those that charge something are compared. */
export const withoutEmptyLines = (expected: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const lines: unknown = expected["lines"];
  return Array.isArray(lines) ? { ...expected, lines: lines.filter((line: unknown) => !isEmptyLine(line)) } : expected;
};
