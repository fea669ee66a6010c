import type { PriceSpec } from "../catalog/index.ts";
import { invalid } from "../kernel/index.ts";
import {
  add,
  ceiling,
  divide,
  type Exact,
  exact,
  fraction,
  larger,
  multiply,
  subtract,
  toText,
  ZERO,
} from "../money/index.ts";
import { type Measure, rated, type Rated, step } from "./step.ts";

type Price<M extends PriceSpec["model"]> = Extract<PriceSpec, { readonly model: M }>;

const beyond = (quantity: Exact, free: Exact): Exact => larger(ZERO, subtract(quantity, free));

/** One amount per cycle, scaled by the factor. */
export const rateFlat = (price: Price<"flat">, measure: Measure): Rated => {
  const flatFee = multiply(exact(price.amount), measure.factor);
  return rated([step({ text: "flat amount", flatFee })]);
};

/** Units beyond the included ones x price. */
export const ratePerUnit = (price: Price<"per_unit">, measure: Measure): Rated => {
  const earlier = measure.earlier ?? ZERO;
  const units = subtract(beyond(add(earlier, measure.quantity), measure.included), beyond(earlier, measure.included));
  return rated([
    step({ text: "every unit", from: measure.included, quantity: units, unitPrice: exact(price.unit_price) }),
  ]);
};

/** Started packages of the units beyond the included and the free ones (free units scale like included ones) x package price. */
export const ratePackage = (price: Price<"package">, measure: Measure): Rated => {
  const free = add(measure.included, multiply(exact(price.free_units), measure.factor));
  const size = exact(price.size);
  const packagesFor = (quantity: Exact): bigint => ceiling(divide(beyond(quantity, free), size));
  const earlier = measure.earlier ?? ZERO;
  const packages = packagesFor(add(earlier, measure.quantity)) - packagesFor(earlier);
  return rated([
    step({
      text: `packages of ${toText(size)}`,
      from: free,
      quantity: fraction(packages),
      unitPrice: exact(price.package_price),
    }),
  ]);
};

/** The allocated cost x (1 + markup) + fee, once a cycle, scaled by the factor. Throws an invalid Problem without a cost. */
export const rateCostPlus = (price: Price<"cost_plus">, measure: Measure): Rated => {
  if (!measure.cost) throw invalid("cost", "a cost_plus price needs the allocated cost");
  const markup = exact(price.markup_percent);
  const parts = [step({ text: "allocated cost", quantity: measure.cost, unitPrice: exact(1) })];
  if (markup.n !== 0n)
    parts.push(
      step({ text: `markup of ${toText(markup)} %`, quantity: measure.cost, unitPrice: divide(markup, exact(100)) }),
    );
  const fee = measure.earlier ? ZERO : multiply(exact(price.fee), measure.factor);
  if (fee.n !== 0n) parts.push(step({ text: "fee", flatFee: fee }));
  return rated(parts);
};
