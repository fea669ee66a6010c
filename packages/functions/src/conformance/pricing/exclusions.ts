import { compare, isNegative, isPositive, tryExact } from "@commops/core/money";
import { type Fields, fieldsOf, type PricingCase } from "./fields.ts";
import { shapeOf } from "./shapes.ts";

/** A reading that is not ours: the rule of the domain that it contradicts, and how a case shows it. */
export interface Exclusion {
  readonly rule: string;
  readonly contradicts: (inputs: Fields, subject: PricingCase) => boolean;
  /** Checks that the product refuses what the rule says is refused; answers what is wrong. */
  readonly confirm?: (subject: PricingCase) => string | undefined;
}

const price = (inputs: Fields): Fields | undefined => inputs.child("price");
const tiers = (inputs: Fields): Fields[] => price(inputs)?.list("tiers") ?? [];
const isAbove0 = (text: string | undefined): boolean => {
  const value = text === undefined ? undefined : tryExact(text);
  return value !== undefined && isPositive(value);
};
const isBelow0 = (text: string | undefined): boolean => {
  const value = text === undefined ? undefined : tryExact(text);
  return value !== undefined && isNegative(value);
};

/** More than one unit at a time. */
const isBlock = (text: string | undefined): boolean => text !== undefined && text !== "1";

const mustRefuse = (subject: PricingCase): string | undefined => {
  try {
    shapeOf(subject)?.run(fieldsOf(subject.inputs));
  } catch {
    return undefined;
  }
  return "should have been refused, but was rated";
};

const isUnordered = (inputs: Fields): boolean => {
  const bounds = tiers(inputs).map((tier) => tier.maybeExact("up_to"));
  if (bounds.length === 0) return false;
  return bounds.some((bound, index) => {
    const before = bounds[index - 1];
    if (index === bounds.length - 1) return bound !== undefined;
    return !bound || !isPositive(bound) || (before !== undefined && compare(bound, before) <= 0);
  });
};

const HALF_AWAY = new Set(["round", "half_up", "half_away_from_zero"]);

const mixesOrder = (inputs: Fields): boolean => {
  const coupons = inputs.list("coupons_in_order");
  const firstFixed = coupons.findIndex((coupon) => !coupon.has("percent"));
  return firstFixed >= 0 && coupons.slice(firstFixed).some((coupon) => coupon.has("percent"));
};

/** Readings that contradict a rule, told by the fields of a case or the convention it states. */
const EXCLUSIONS: readonly Exclusion[] = [
  {
    rule: "Negative quantities are refused.",
    contradicts: (inputs) => [inputs, ...inputs.list("items")].some((fields) => isBelow0(fields.maybe("quantity"))),
    confirm: mustRefuse,
  },
  {
    rule: "Discounts take away: fixed discounts never go below zero.",
    contradicts: (inputs) =>
      [inputs, ...inputs.list("items")].some((fields) => isBelow0(fields.child("discount")?.maybe("fixed"))),
    confirm: mustRefuse,
  },
  {
    rule: "Slabs start at 0, ascend strictly and end open: anything else is refused.",
    contradicts: isUnordered,
    confirm: mustRefuse,
  },
  {
    rule: "graduated and volume price each unit; only the package model counts in started blocks.",
    contradicts: (inputs) =>
      isBlock(price(inputs)?.maybe("billing_units")) || tiers(inputs).some((tier) => isBlock(tier.maybe("block_size"))),
  },
  {
    rule: "Included quantity comes first and the slabs start after it: volume prices the units beyond it.",
    contradicts: (inputs) => price(inputs)?.maybe("model") === "volume" && isAbove0(price(inputs)?.maybe("allowance")),
  },
  {
    rule: "A slab has a bound, a unit price and a flat fee; a maximum belongs to the line.",
    contradicts: (inputs) => tiers(inputs).length > 1 && tiers(inputs).some((tier) => tier.has("cap")),
  },
  {
    rule: "package: ceil(max(0, quantity - free) / size) x package price: packages are rounded up.",
    contradicts: (inputs) => (price(inputs)?.maybe("round") ?? "up") !== "up",
  },
  {
    rule: "percentage: rate x base amount + fixed fee x events beyond the free ones: free events save the fixed fee, no amount is free of the rate.",
    contradicts: (inputs) =>
      isAbove0(price(inputs)?.maybe("free_amount")) ||
      (isAbove0(price(inputs)?.maybe("free_events")) &&
        (inputs.texts("running_total").length > 0 || inputs.texts("event_amounts").length > 0)),
  },
  {
    rule: "Slab bounds and fees scale by the factor of a segment; usage never does.",
    contradicts: (inputs) => inputs.has("event_prorated_units"),
  },
  {
    rule: "Minimum commitment is compared before discounts, and the maximum comes before percentage discounts.",
    contradicts: (inputs) =>
      isAbove0(inputs.maybe("percentage_discount")) &&
      (price(inputs)?.has("max_amount") === true || price(inputs)?.has("min_amount") === true),
  },
  {
    rule: "Factor of a segment = its days / days of the cycle: no days, no amount.",
    contradicts: (inputs) =>
      inputs.flag("proration") &&
      [
        ["service_start", "service_end_exclusive"],
        ["full_start", "full_end_exclusive"],
      ].some(([start = "", end = ""]) => inputs.has(start, end) && inputs.day(start) >= inputs.day(end)),
  },
  {
    rule: "Factor of a segment = its days / days of the cycle, by the calendar.",
    contradicts: (inputs) => inputs.has("fixed_days_in_month"),
  },
  {
    rule: "Recurring amounts scale by the factor first; fixed discounts come after, on the rounded lines.",
    contradicts: (inputs) => !(inputs.maybe("new_discount") ?? "%").trim().endsWith("%"),
  },
  {
    rule: "Rounding is half away from zero.",
    contradicts: (inputs) => inputs.has("mode") && !HALF_AWAY.has(inputs.text("mode")),
  },
  {
    rule: "What is billed is rounded to the currency's minor unit, to no larger step.",
    contradicts: (inputs) => inputs.has("increment"),
  },
  {
    rule: "A percentage discount is rounded once, on the lines together, and spread by largest remainder.",
    contradicts: (_, subject) => /each (item|line) (is )?rounded on its own/i.test(subject.convention),
  },
  {
    rule: "Percentage discounts come first, then fixed ones.",
    contradicts: mixesOrder,
  },
  {
    rule: "An invoice line is rounded to the minor unit before the tax is taken on it.",
    contradicts: (_, subject) => /not rounded before|unrounded line/i.test(subject.convention),
  },
  {
    rule: "A downgrade takes effect with the next cycle, and seats are charged on the peak of the segment.",
    contradicts: (inputs) =>
      inputs.has("old_seats", "new_seats") && inputs.whole("new_seats") < inputs.whole("old_seats"),
  },
  {
    rule: "Tax-inclusive: tax = (gross - discounts) x r / (100 + r): taxes contained in one price share one base.",
    contradicts: (inputs) =>
      inputs.maybe("tax_mode") === "inclusive" &&
      inputs
        .list("items")
        .some((item) => item.texts("tax_rates_percent").length + inputs.texts("invoice_tax_rates_percent").length > 1),
  },
];

/** The first rule that a case contradicts; undefined where it follows all of them. */
export const exclusionOf = (subject: PricingCase): Exclusion | undefined =>
  EXCLUSIONS.find((exclusion) => exclusion.contradicts(fieldsOf(subject.inputs), subject));
