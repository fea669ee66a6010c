import { z } from "zod";
import { decimalInput, quantityInput } from "../kernel/index.ts";
import { compare, exact, isPositive } from "../money/index.ts";

/** An amount, or 0 where it is left out or null. */
const orZero = <T extends z.ZodType<string>>(amount: T) => amount.nullish().transform((text): string => text ?? "0");

const slab = z.object({
  /** Inclusive upper bound in units; null, or left out, for the open end. */
  up_to: quantityInput.nullish().transform((text): string | null => text ?? null),
  unit_price: orZero(quantityInput),
  flat_fee: orZero(quantityInput),
});
export type Slab = z.output<typeof slab>;

/** Slabs start at 0, ascend strictly and end open; anything else is refused with the slab named. */
const slabs = z
  .array(slab)
  .min(1, "at least one slab")
  .max(100)
  .superRefine((list, context) => {
    let below = exact("0");
    list.forEach((entry, index) => {
      const isLast = index === list.length - 1;
      const refuse = (message: string) =>
        context.addIssue({ code: "custom", path: [index, "up_to"], message: `slab ${index + 1} ${message}` });
      if (entry.up_to === null) {
        if (!isLast) refuse("is open (up_to null), but only the last slab may be");
        return;
      }
      const bound = exact(entry.up_to);
      if (isLast) refuse("is the last one and must be open (up_to null)");
      else if (!isPositive(bound) || compare(bound, below) <= 0)
        refuse(`must end above ${index === 0 ? "0" : "the slab before"}`);
      below = bound;
    });
  });

const flat = z.object({ model: z.literal("flat"), amount: decimalInput });
const perUnit = z.object({ model: z.literal("per_unit"), unit_price: quantityInput });
const graduated = z.object({ model: z.literal("graduated"), slabs });
const volume = z.object({ model: z.literal("volume"), slabs });
const stairstep = z.object({ model: z.literal("stairstep"), slabs });
const packaged = z.object({
  model: z.literal("package"),
  size: quantityInput.refine((text) => isPositive(exact(text)), { message: "a package holds more than 0 units" }),
  package_price: quantityInput,
  free_units: orZero(quantityInput),
});
const percentage = z
  .object({
    model: z.literal("percentage"),
    rate_percent: quantityInput,
    fixed_fee: orZero(quantityInput),
    free_events: orZero(quantityInput),
    min_per_event: quantityInput.nullable().default(null),
    max_per_event: quantityInput.nullable().default(null),
  })
  .refine(
    ({ min_per_event: low, max_per_event: high }) =>
      low === null || high === null || compare(exact(low), exact(high)) <= 0,
    { path: ["min_per_event"], message: "must not be above max_per_event" },
  );
/** The tenant's allocated cost x (1 + markup) + fee: how cost becomes a charge. */
const costPlus = z.object({
  model: z.literal("cost_plus"),
  markup_percent: orZero(decimalInput),
  fee: orZero(decimalInput),
});

const simplePrice = z.discriminatedUnion("model", [
  flat,
  perUnit,
  graduated,
  volume,
  stairstep,
  packaged,
  percentage,
  costPlus,
]);
export type SimplePrice = z.output<typeof simplePrice>;

/** A price chosen by dimensions (a runner's tier); each cell is a model of its own. */
const matrix = z.object({
  model: z.literal("matrix"),
  dimensions: z.array(z.string().min(1)).min(1).max(5),
  cells: z
    .array(z.object({ match: z.record(z.string(), z.string()), price: simplePrice }))
    .min(1)
    .max(1000),
});

/** A price of the field's standard models (spec: price models). Amounts are decimal text in major units. */
export const priceSpec = z.discriminatedUnion("model", [...simplePrice.options, matrix]);
export type PriceSpec = z.output<typeof priceSpec>;
