import { invalid } from "../kernel/index.ts";
import { add, divide, exact, isNegative, multiply, toText } from "../money/index.ts";
import type { EstimateLine, EstimateRequest, Scenario } from "./estimate-request.ts";
import type { ChargeInput, RateInput } from "./rate-input.ts";

type Priced = Pick<EstimateRequest, "lines" | "discounts" | "taxes" | "tax_inclusive">;

const lineTypeOf = (line: EstimateLine): ChargeInput["lineType"] => {
  if (line.price.model === "flat") return "base";
  return line.price.model === "cost_plus" ? "cost_plus" : "usage";
};

const chargeOf = (line: EstimateLine): ChargeInput => ({
  id: line.id,
  lineType: lineTypeOf(line),
  title: line.title ?? line.id,
  unit: line.unit,
  price: line.price,
  quantity: line.quantity ?? undefined,
  includedQuantity: line.included_quantity ?? undefined,
  minimumAmount: line.minimum_amount,
  maximumAmount: line.maximum_amount,
  cycle: line.cycle ?? undefined,
  service: line.service ?? undefined,
  aggregation: line.aggregation,
  baseAmount: line.base_amount ?? undefined,
  events: line.events ?? undefined,
  eventAmounts: line.event_amounts,
  dimensions: line.dimensions,
  cost: line.cost ?? undefined,
  isTaxable: line.taxable,
  isDiscountable: line.discountable,
});

/** What an estimate asks for, as rating reads it. */
export const inputOf = (currency: string, priced: Priced): RateInput => ({
  currency,
  lines: priced.lines.map(chargeOf),
  discounts: priced.discounts.map((discount) => ({
    name: discount.name,
    percent: discount.percent ?? undefined,
    amount: discount.amount ?? undefined,
    lineIds: discount.line_ids,
  })),
  taxes: priced.taxes.map((tax) => ({
    name: tax.name,
    jurisdiction: tax.jurisdiction,
    category: tax.category,
    ratePercent: tax.rate_percent,
    lineIds: tax.line_ids,
  })),
  isTaxInclusive: priced.tax_inclusive,
});

const grow = (text: string, percent: string): string =>
  toText(multiply(exact(text), add(exact(1), divide(exact(percent), exact(100)))));

/** The lines under a scenario: usage grows, or is replaced by id; flat lines, seats counted in them and costs stay. */
export const underScenario = (lines: readonly EstimateLine[], scenario: Scenario, field: string): EstimateLine[] => {
  const { growth_percent: growth, quantities = {} } = scenario;
  if (growth !== undefined && isNegative(add(exact(growth), exact(100))))
    throw invalid(`${field}.growth_percent`, "must not be below -100");
  const unknown = Object.keys(quantities).find((id) => !lines.some((line) => line.id === id));
  if (unknown !== undefined)
    throw invalid(`${field}.quantities.${unknown}`, `there is no line ${JSON.stringify(unknown)}`);
  return lines.map((line) => {
    const given = quantities[line.id];
    if (given !== undefined) return { ...line, quantity: given };
    if (growth === undefined) return line;
    const scaled = (text: string | null | undefined): string | undefined => (text ? grow(text, growth) : undefined);
    return {
      ...line,
      quantity: scaled(line.quantity),
      base_amount: scaled(line.base_amount),
      events: scaled(line.events),
      event_amounts: line.event_amounts?.map((text) => grow(text, growth)),
    };
  });
};
