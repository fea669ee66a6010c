import type { Slab } from "../catalog/index.ts";
import { invalid } from "../kernel/index.ts";
import {
  add,
  compare,
  type Exact,
  exact,
  isNegative,
  multiply,
  smaller,
  larger,
  subtract,
  toText,
  ZERO,
} from "../money/index.ts";
import { type Measure, rated, type Rated, step } from "./step.ts";

/** A slab on the scale of units: it holds what lies above `from`, up to and including `to`. */
interface ExactSlab {
  readonly from: Exact;
  readonly to: Exact | undefined;
  readonly unitPrice: Exact;
  readonly flatFee: Exact;
  readonly words: string;
}

const words = (from: Exact, to: Exact | undefined, start: Exact): string => {
  const isFirst = compare(from, start) === 0;
  if (!to) return isFirst ? "every unit" : `over ${toText(subtract(from, start))}`;
  return `${isFirst ? "first" : "next"} ${toText(subtract(to, from))}`;
};

/** Slabs with bounds and fees scaled by the factor, after the included units. Throws an invalid Problem where they do not end open. */
const place = (slabs: readonly Slab[], measure: Measure): ExactSlab[] => {
  let from = measure.included;
  const placed = slabs.map((slab): ExactSlab => {
    const start = from;
    const to = slab.up_to === null ? undefined : add(measure.included, multiply(exact(slab.up_to), measure.factor));
    if (to) from = to;
    return {
      from: start,
      to,
      unitPrice: exact(slab.unit_price),
      flatFee: multiply(exact(slab.flat_fee), measure.factor),
      words: words(start, to, measure.included),
    };
  });
  if (placed.at(-1)?.to !== undefined || placed.length === 0)
    throw invalid("slabs", `slab ${placed.length} is the last one and must be open (up_to null)`);
  return placed;
};

/** Which slab a quantity falls in, counted from 0; bounds are inclusive at the top. */
export const slabIndexOf = (slabs: readonly Pick<Slab, "up_to">[], quantity: Exact): number =>
  slabs.findIndex((slab) => slab.up_to === null || compare(quantity, exact(slab.up_to)) <= 0);

const holding = (slabs: readonly ExactSlab[], quantity: Exact): ExactSlab => {
  const found = slabs.find((slab) => !slab.to || compare(quantity, slab.to) <= 0);
  if (!found) throw invalid("slabs", `no slab holds ${toText(quantity)}: the last one must be open (up_to null)`);
  return found;
};

const between = (slab: ExactSlab, low: Exact, high: Exact): Exact => {
  const part = subtract(slab.to ? smaller(slab.to, high) : high, larger(slab.from, low));
  return isNegative(part) ? ZERO : part;
};

/** Each slab's units at that slab's price, plus its flat fee once entered; the first counts as entered at zero too. */
export const rateGraduated = (list: readonly Slab[], measure: Measure): Rated => {
  const { earlier, quantity } = measure;
  const low = earlier ?? ZERO;
  const high = add(low, quantity);
  const isEntered = (slab: ExactSlab, index: number, at: Exact): boolean => index === 0 || compare(at, slab.from) > 0;
  const steps = place(list, measure).flatMap((slab, index) => {
    const units = between(slab, low, high);
    const wasEntered = earlier !== undefined && isEntered(slab, index, earlier);
    const isNew = !wasEntered && isEntered(slab, index, high);
    const isIdleFirst = index === 0 && compare(low, slab.from) <= 0;
    if (units.n === 0n && !isNew && !(isIdleFirst && quantity.n === 0n)) return [];
    return [
      step({
        text: slab.words,
        from: slab.from,
        to: slab.to,
        quantity: units,
        unitPrice: slab.unitPrice,
        flatFee: isNew ? slab.flatFee : ZERO,
      }),
    ];
  });
  return rated(steps);
};

const billable = (measure: Measure): Exact => larger(ZERO, subtract(measure.quantity, measure.included));

/** All units beyond the included ones at the price of the slab they fall in, plus that slab's flat fee. */
export const rateVolume = (list: readonly Slab[], measure: Measure): Rated => {
  const slabs = place(list, measure);
  const slab = holding(slabs, measure.quantity);
  return rated([
    step({
      text: `all ${toText(billable(measure))}, in slab ${slabs.indexOf(slab) + 1} (${slab.words})`,
      from: slab.from,
      to: slab.to,
      quantity: billable(measure),
      unitPrice: slab.unitPrice,
      flatFee: slab.flatFee,
    }),
  ]);
};

/** The flat fee of the slab that the units beyond the included ones fall in. */
export const rateStairstep = (list: readonly Slab[], measure: Measure): Rated => {
  const slabs = place(list, measure);
  const slab = holding(slabs, measure.quantity);
  return rated([
    step({
      text: `slab ${slabs.indexOf(slab) + 1} (${slab.words})`,
      from: slab.from,
      to: slab.to,
      quantity: billable(measure),
      flatFee: slab.flatFee,
    }),
  ]);
};
