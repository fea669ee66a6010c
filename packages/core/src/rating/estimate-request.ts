import { z } from "zod";
import { type PriceSpec, priceSpec } from "../catalog/index.ts";
import { dayInput, decimalInput, quantityInput } from "../kernel/index.ts";
import { isCurrency } from "../money/index.ts";
import { contains } from "../time/index.ts";

const MOST_LINES = 500;
const lineId = z.string().min(1).max(100);

const periodInput = z
  .object({ start: dayInput, end: dayInput })
  .refine((value) => value.start <= value.end, { path: ["end"], message: "the period ends before it starts" });

/** Lump prices charge once, whatever the quantity; a percentage may be of an amount instead. */
const needsQuantity = (price: PriceSpec, hasBase: boolean): boolean => {
  switch (price.model) {
    case "flat":
    case "cost_plus":
      return false;
    case "percentage":
      return !hasBase;
    case "matrix":
      return price.cells.some((cell) => needsQuantity(cell.price, hasBase));
    default:
      return true;
  }
};

const estimateLine = z
  .object({
    id: lineId,
    title: z.string().max(200).optional(),
    quantity: quantityInput.nullish(),
    unit: z.string().max(40).optional(),
    price: priceSpec,
    included_quantity: quantityInput.nullish(),
    minimum_amount: quantityInput.nullish(),
    maximum_amount: quantityInput.nullish(),
    cycle: periodInput.nullish(),
    service: periodInput.nullish(),
    aggregation: z.enum(["sum", "peak", "last"]).default("sum"),
    /** For percentage: the amount it is taken of, and the events it came in. */
    base_amount: quantityInput.nullish(),
    events: quantityInput.nullish(),
    event_amounts: z.array(quantityInput).max(10_000).optional(),
    /** For matrix: which cell. */
    dimensions: z.record(z.string(), z.string()).optional(),
    /** For cost_plus: the allocated cost. */
    cost: decimalInput.nullish(),
    taxable: z.boolean().default(true),
    discountable: z.boolean().default(true),
  })
  .superRefine((line, context) => {
    const hasBase = Boolean(line.base_amount ?? line.event_amounts);
    if (needsQuantity(line.price, hasBase) && !line.quantity)
      context.addIssue({ code: "custom", path: ["quantity"], message: `a ${line.price.model} price needs a quantity` });
    if (line.price.model === "cost_plus" && !line.cost)
      context.addIssue({ code: "custom", path: ["cost"], message: "a cost_plus price needs the allocated cost" });
    const { cycle, service } = line;
    if (cycle && service && !(contains(cycle, service.start) && contains(cycle, service.end)))
      context.addIssue({
        code: "custom",
        path: ["service"],
        message: `must lie within the cycle (${cycle.start} to ${cycle.end})`,
      });
  });
export type EstimateLine = z.output<typeof estimateLine>;

const discountInput = z
  .object({
    name: z.string().max(100).optional(),
    percent: quantityInput.nullish(),
    amount: quantityInput.nullish(),
    line_ids: z.array(lineId).optional(),
  })
  .refine((discount) => Boolean(discount.percent) !== Boolean(discount.amount), {
    message: "a discount has either a percent or an amount",
  });

const taxInput = z.object({
  name: z.string().min(1).max(100),
  jurisdiction: z.string().max(100).nullish(),
  category: z.string().max(10).optional(),
  rate_percent: quantityInput,
  line_ids: z.array(lineId).optional(),
});

const uniqueIds = (lines: readonly { readonly id: string }[], context: z.RefinementCtx): void => {
  const seen = new Set<string>();
  lines.forEach((line, index) => {
    if (seen.has(line.id))
      context.addIssue({
        code: "custom",
        path: [index, "id"],
        message: `${JSON.stringify(line.id)} stands twice; every line needs its own id`,
      });
    seen.add(line.id);
  });
};

/** A list of at most 100, none where it is left out or null. */
const orNone = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .max(100)
    .nullish()
    .transform((list) => list ?? []);

const priced = {
  lines: z.array(estimateLine).min(1, "at least one line").max(MOST_LINES).superRefine(uniqueIds),
  discounts: orNone(discountInput),
  taxes: orNone(taxInput),
  /** Whether the prices contain the taxes. */
  tax_inclusive: z.boolean().default(false),
};

/** One what-if over the same lines: usage grown by a percentage, or given anew per line. */
const scenario = z.object({
  name: z.string().min(1).max(100),
  growth_percent: decimalInput.optional(),
  quantities: z.record(z.string(), quantityInput).optional(),
});
export type Scenario = z.output<typeof scenario>;

/** POST /pricing/estimate with inline prices. Amounts and quantities are decimal text; numbers are accepted too. */
export const estimateRequest = z.object({
  currency: z.string().refine(isCurrency, { message: "not an ISO 4217 currency, such as USD" }),
  ...priced,
  scenarios: z.array(scenario).max(50).optional(),
  /** What is paid today, to compare with. */
  current: z.object(priced).optional(),
});
export type EstimateRequest = z.output<typeof estimateRequest>;
export type EstimateRequestInput = z.input<typeof estimateRequest>;
