import { z } from "zod";
import { dayInput, digestOf, invalid, planCodeInput, quantityInput, usdInput } from "../kernel/index.ts";
import { compare, exact, isCurrency, isPositive } from "../money/index.ts";
import { isMetric } from "./metric.ts";
import { priceSpec } from "./price.ts";

const code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 letters, digits, dots, dashes and underscores");
const metricCode = z.string().refine(isMetric, { message: "not a metric of the catalogue" });

const priceInput = usdInput.refine((text) => !text.startsWith("-"), { message: "must not be negative" });

/** One charge of a plan: a SKU with its price and what it is counted by. */
export const planCharge = z.object({
  sku_code: code,
  title: z.string().min(1).max(200),
  /** Revenue account family; the SKU's own code where it is left out. */
  sku_family: code.optional(),
  /** The metric that is charged; null for a flat charge or one on cost. */
  metric_code: metricCode.nullable().default(null),
  included_quantity: quantityInput.default("0"),
  price: priceSpec,
  /** For cost_plus: whose allocated cost, by service code or category; empty means all. */
  cost_of: z.array(z.string()).default([]),
});

/** A plan as it is published: Phase 1 fields, and charges beside them. */
export const planInput = z.object({
  plan_code: planCodeInput,
  plan_family: z.string().min(1).max(100),
  version: z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1).max(40)),
  currency: z.string().refine(isCurrency, { message: "not an ISO 4217 currency" }),
  base_price_usd: priceInput,
  base_seats: z.number().int().min(0).max(1_000_000),
  /** Price of a seat beyond the base seats, for a whole cycle; 0 where seats are not charged. */
  seat_price_usd: priceInput.default("0"),
  /** The least that the metered lines of a cycle come to; 0 for no commitment. */
  minimum_commitment_usd: priceInput.default("0"),
  entitlements: z
    .object({ metrics_caps: z.record(z.string(), quantityInput).default({}) })
    .default({ metrics_caps: {} }),
  charges: z.array(planCharge).max(200).default([]),
  effective_from: dayInput,
  effective_to: dayInput.nullable().default(null),
});
export type PlanDefinition = z.output<typeof planInput>;
export type PlanCharge = z.output<typeof planCharge>;

/** A published version with the digest that invoices carry. */
export interface PublishedPlan {
  readonly plan: PlanDefinition;
  readonly digest: string;
}

/** Usage has a value a day, without events and dimensions: a price that asks for them could be published, but never billed. */
const checkRateable = ({ price }: PlanCharge, field: string): void => {
  if (price.model === "matrix")
    throw invalid(`${field}.model`, "usage has no dimensions to choose a cell by. Make each cell a charge of its own.");
  if (price.model !== "percentage") return;
  if (isPositive(exact(price.fixed_fee)) || price.min_per_event !== null || price.max_per_event !== null)
    throw invalid(
      field,
      "usage is not counted in events: a percentage of a plan has no fee, minimum or maximum per event",
    );
};

/** Refuses what the fields alone cannot show. Throws an invalid Problem naming the field. */
export const checkPlan = (plan: PlanDefinition): void => {
  if (plan.effective_to !== null && plan.effective_to < plan.effective_from)
    throw invalid("effective_to", `is before effective_from (${plan.effective_from})`);
  for (const metric of Object.keys(plan.entitlements.metrics_caps))
    if (!isMetric(metric)) throw invalid(`entitlements.metrics_caps.${metric}`, "not a metric of the catalogue");
  const seen = new Set<string>();
  plan.charges.forEach((charge, index) => {
    if (seen.has(charge.sku_code))
      throw invalid(`charges.${index}.sku_code`, `${charge.sku_code} stands twice in the plan`);
    seen.add(charge.sku_code);
    const onUsage = charge.price.model !== "flat" && charge.price.model !== "cost_plus";
    if (onUsage && charge.metric_code === null)
      throw invalid(`charges.${index}.metric_code`, `a ${charge.price.model} price needs the metric it is counted by`);
    checkRateable(charge, `charges.${index}.price`);
  });
};

/**
 * Whether a change from one plan to the other gives the tenant less: a lower base price or, where that is the same, a cap that is lower while
 * none is higher. A metric without a cap is unlimited.
 */
export const isDowngrade = (from: PlanDefinition, to: PlanDefinition): boolean => {
  const price = compare(exact(to.base_price_usd), exact(from.base_price_usd));
  if (price !== 0) return price < 0;
  const [before, after] = [from.entitlements.metrics_caps, to.entitlements.metrics_caps];
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])].map((metric) => {
    const [old, next] = [before[metric], after[metric]];
    if (old === undefined || next === undefined) return old === next ? 0 : old === undefined ? -1 : 1;
    return compare(exact(next), exact(old));
  });
  return changes.some((change) => change < 0) && changes.every((change) => change <= 0);
};

/** The digest by which an invoice names the exact plan version it was rated with. */
export const planDigest = (plan: PlanDefinition): string => digestOf(plan);
