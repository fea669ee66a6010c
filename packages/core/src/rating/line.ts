import type { PriceSpec } from "../catalog/index.ts";
import { invalid, Problem } from "../kernel/index.ts";
import {
  compare,
  type Currency,
  divide,
  type Exact,
  exact,
  isNegative,
  isZero,
  larger,
  multiply,
  ONE,
  roundMoney,
  subtract,
  toText,
  tryExact,
  ZERO,
} from "../money/index.ts";
import type { ChargeInput } from "./rate-input.ts";
import type { ExactLine } from "./rated-invoice.ts";
import { ratePrice } from "./rate.ts";
import { segmentFactor } from "./scaling.ts";
import { type Measure, type Rated, withCorrection } from "./step.ts";

/** Reads a decimal of the input; throws an invalid Problem naming the field. */
export const readDecimal = (text: string, field: string): Exact => {
  const value = tryExact(text);
  if (!value) throw invalid(field, `not a decimal number: ${JSON.stringify(text)}`);
  return value;
};

const readQuantity = (text: string, field: string): Exact => {
  const value = readDecimal(text, field);
  if (isNegative(value)) throw invalid(field, `must not be negative, but is ${text}`);
  return value;
};

const optional = (text: string | null | undefined, field: string, read = readQuantity): Exact | undefined =>
  text === undefined || text === null ? undefined : read(text, field);

const measureOf = (input: ChargeInput, field: string): Measure => {
  const factor = segmentFactor(input.service, input.cycle);
  const quantity = readQuantity(input.quantity ?? "1", `${field}.quantity`);
  const included = readQuantity(input.includedQuantity ?? "0", `${field}.included_quantity`);
  return {
    quantity: input.aggregation === "peak" ? multiply(quantity, factor) : quantity,
    included: multiply(included, factor),
    factor,
    earlier: optional(input.earlier?.quantity, `${field}.earlier.quantity`),
    baseAmount: optional(input.baseAmount, `${field}.base_amount`),
    events: optional(input.events, `${field}.events`),
    eventAmounts: input.eventAmounts?.map((text, index) => readQuantity(text, `${field}.event_amounts.${index}`)),
    cost: optional(input.cost, `${field}.cost`, readDecimal),
  };
};

/** Puts a path before the field that a deeper rule named. */
export const within = <T>(field: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const detail = error instanceof Problem && error.kind === "invalid" ? error.details[0] : undefined;
    throw detail ? invalid(`${field}.${detail.field}`, detail.reason) : error;
  }
};

const capped = (before: Rated, input: ChargeInput, factor: Exact, field: string): Rated => {
  const maximum = optional(input.maximumAmount, `${field}.maximum_amount`);
  if (!maximum) return before;
  const minimum = optional(input.minimumAmount, `${field}.minimum_amount`);
  if (minimum && compare(minimum, maximum) > 0)
    throw invalid(`${field}.minimum_amount`, `${toText(minimum)} is above the maximum ${toText(maximum)}`);
  const scaled = multiply(maximum, factor);
  const billed = optional(input.earlier?.amount, `${field}.earlier.amount`) ?? ZERO;
  const room = larger(ZERO, subtract(scaled, billed));
  if (compare(before.amountExact, room) <= 0) return before;
  return withCorrection(before, `maximum ${toText(scaled)}`, subtract(room, before.amountExact));
};

/** What one unit costs: the price where there is one, the average where slabs, packages or bounds apply. */
const unitPriceOf = (price: PriceSpec, quantity: Exact, amount: Exact): string | null => {
  if (price.model === "per_unit") return toText(exact(price.unit_price));
  return isZero(quantity) ? null : toText(divide(amount, quantity));
};

/** Rates one charge up to its maximum; the minimum and all discounts come after it. `field` is its path in the input. */
export const rateLine = (input: ChargeInput, currency: Currency, field: string): ExactLine => {
  const measure = measureOf(input, field);
  const priced = within(field, () => ratePrice(input.price, measure, input.dimensions));
  const { amountExact, steps } = capped(priced, input, measure.factor, field);
  const isLump = input.price.model === "flat" || input.price.model === "cost_plus";
  const quantity = isLump ? ONE : measure.quantity;
  const service = input.service ?? input.cycle;
  return {
    id: input.id,
    lineType: input.lineType,
    parentId: null,
    title: input.title,
    skuCode: input.skuCode ?? null,
    metricCode: input.metricCode ?? null,
    quantity: toText(quantity),
    unit: input.unit ?? null,
    unitPrice: unitPriceOf(input.price, quantity, amountExact),
    amount: roundMoney(amountExact, currency),
    amountExact,
    steps,
    servicePeriod: service ? { start: service.start, end: service.end } : null,
    isTaxable: input.isTaxable ?? true,
    isDiscountable: input.isDiscountable ?? true,
    cost: input.cost ?? null,
  };
};
