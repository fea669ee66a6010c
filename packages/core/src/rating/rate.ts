import type { PriceSpec, SimplePrice } from "../catalog/index.ts";
import { invalid } from "../kernel/index.ts";
import { add, isPositive, negate, smaller, toText, ZERO } from "../money/index.ts";
import { rateCostPlus, rateFlat, ratePackage, ratePerUnit } from "./models.ts";
import { ratePercentage } from "./percentage.ts";
import { rateGraduated, rateStairstep, rateVolume } from "./slabs.ts";
import { type Measure, type Rated, step, withCorrection } from "./step.ts";

const cellOf = (
  price: Extract<PriceSpec, { readonly model: "matrix" }>,
  dimensions: Readonly<Record<string, string>>,
): SimplePrice => {
  for (const name of price.dimensions)
    if (dimensions[name] === undefined) throw invalid(`dimensions.${name}`, "the price depends on it: say which");
  const cell = price.cells.find((candidate) =>
    price.dimensions.every((name) => candidate.match[name] === dimensions[name]),
  );
  if (cell) return cell.price;
  const wanted = price.dimensions.map((name) => `${name} ${dimensions[name] ?? ""}`).join(", ");
  throw invalid("dimensions", `the price has no cell for ${wanted}`);
};

/** Prices of which the difference of two totals is what a later part of the same cycle comes to. */
const rateWhole = (
  price: Extract<SimplePrice, { readonly model: "flat" | "volume" | "stairstep" }>,
  measure: Measure,
): Rated => {
  switch (price.model) {
    case "flat":
      return rateFlat(price, measure);
    case "volume":
      return rateVolume(price.slabs, measure);
    case "stairstep":
      return rateStairstep(price.slabs, measure);
  }
};

const rateDifference = (price: Parameters<typeof rateWhole>[0], measure: Measure): Rated => {
  if (!measure.earlier) return rateWhole(price, measure);
  const total = rateWhole(price, { ...measure, quantity: add(measure.earlier, measure.quantity) });
  const before = rateWhole(price, { ...measure, quantity: measure.earlier });
  return withCorrection(total, `less what ${toText(measure.earlier)} came to before`, negate(before.amountExact));
};

const rateSimple = (price: SimplePrice, measure: Measure): Rated => {
  switch (price.model) {
    case "flat":
    case "volume":
    case "stairstep":
      return rateDifference(price, measure);
    case "per_unit":
      return ratePerUnit(price, measure);
    case "graduated":
      return rateGraduated(price.slabs, measure);
    case "package":
      return ratePackage(price, measure);
    case "percentage":
      return ratePercentage(price, measure);
    case "cost_plus":
      return rateCostPlus(price, measure);
  }
};

/** What a price comes to for a measure, unrounded, step by step. Throws an invalid Problem naming what is missing. */
export const ratePrice = (
  price: PriceSpec,
  measure: Measure,
  dimensions: Readonly<Record<string, string>> = {},
): Rated => {
  const simple = price.model === "matrix" ? cellOf(price, dimensions) : price;
  const result = rateSimple(simple, measure);
  const isFree = isPositive(measure.included) && simple.model !== "flat" && simple.model !== "cost_plus";
  if (!isFree) return result;
  const free = smaller(measure.included, add(measure.earlier ?? ZERO, measure.quantity));
  const included = step({
    text: `included ${toText(measure.included)}`,
    from: ZERO,
    to: measure.included,
    quantity: free,
  });
  return { amountExact: result.amountExact, steps: [included.step, ...result.steps] };
};
