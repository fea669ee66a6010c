import { z } from "zod";
import { dayInput, quantityInput } from "../kernel/index.ts";
import { compare, exact, isZero, ONE } from "../money/index.ts";
import type { Period } from "../time/index.ts";

/** What a cost is, as the allocation and cost-plus prices name it. */
export const COST_CATEGORIES = ["NAT", "PLINK", "CLOUDWATCH", "S3", "EBS", "SUPPORT", "OTHER"] as const;
export type CostCategory = (typeof COST_CATEGORIES)[number];

const positive = quantityInput.refine((text) => !isZero(exact(text)), "must be greater than zero");
const share = quantityInput.refine((text) => compare(exact(text), ONE) <= 0, "is a share of the pool, between 0 and 1");
const patterns = z.array(z.string().min(1)).default([]);

/** Which lines a rule takes. Patterns are SQL LIKE (`%`, `_`); an empty list stands for all; the lists combine with "and". */
export const selectorSchema = z.object({
  services: patterns,
  usage_type_patterns: patterns,
  components: patterns,
  accounts: patterns,
  regions: patterns,
  line_types: patterns,
  /** Who bills, as "AWS Marketplace"; lines of every entity where it is left out. */
  billing_entities: z.array(z.string().min(1)).optional(),
});

const tieredCurve = z.object({
  kind: z.literal("tiered"),
  /** Slabs over the key's value, bounds inclusive at the top; each unit of the key counts with its slab's factor. */
  slabs: z.array(z.object({ up_to: positive.nullable(), factor: quantityInput })).min(1),
});

export const curveSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("linear") }),
  tieredCurve,
  z.object({
    kind: z.literal("power"),
    exponent: positive.refine((text) => compare(exact(text), exact(10)) <= 0, "must be 10 or less"),
    /** Significant digits of each weight. */
    precision: z.int().min(12).max(60).default(34),
  }),
  z.object({
    kind: z.literal("fixed"),
    /** Service code (or `*` for all others) to tenant to weight. */
    weights: z.record(z.string().min(1), z.record(z.string().min(1), quantityInput)),
  }),
  z.object({ kind: z.literal("even") }),
]);
export type Curve = z.output<typeof curveSchema>;

const baseRule = z.object({
  rule_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be letters, digits, dot, dash or underscore, 64 at most"),
  version: z.int().min(1),
  title: z.string().min(1),
  /** Rules are tried in this order, then by rule_id; the first that matches takes the line. */
  order: z.int().min(0),
  category: z.enum(COST_CATEGORIES),
  selector: selectorSchema,
  /** Each metric's shares of its own total are weighted: 0.6 of the pool follows the first metric, 0.4 the second. */
  keys: z.array(z.object({ metric_code: z.string().min(1), weight: positive })).default([]),
  curve: curveSchema.default({ kind: "linear" }),
  /** Least and greatest share of the pool that a tenant with a weight gets. */
  floor: share.nullable().default(null),
  cap: share.nullable().default(null),
  target: z.enum(["tenants", "operator"]),
  /** What happens when nobody has a weight. */
  fallback: z.enum(["previous_period", "even", "operator"]).default("operator"),
  effective_from: dayInput,
  effective_to: dayInput.nullable().default(null),
  status: z.enum(["draft", "active", "retired"]),
});

/** What people write; the version and the days in force are decided when it is applied. */
const definition = baseRule.omit({ version: true, effective_from: true, effective_to: true, status: true });
type Definition = z.output<typeof definition>;
interface Fault {
  readonly path: string[];
  readonly message: string;
}

const slabFaults = (curve: Curve): Fault[] => {
  if (curve.kind !== "tiered") return [];
  const bounds = curve.slabs.map((slab) => slab.up_to);
  return bounds.flatMap((bound, index): Fault[] => {
    const path = ["curve", "slabs", String(index), "up_to"];
    const last = index === bounds.length - 1;
    if (last) return bound === null ? [] : [{ path, message: "the last slab must be open (up_to null)" }];
    if (bound === null) return [{ path, message: "only the last slab may be open" }];
    const before = bounds[index - 1];
    return before && compare(exact(bound), exact(before)) <= 0
      ? [{ path, message: `slabs must ascend strictly: ${bound} does not follow ${before}` }]
      : [];
  });
};

const definitionFaults = (rule: Definition): Fault[] => {
  const faults = slabFaults(rule.curve);
  const usesKeys = rule.target === "tenants" && !["fixed", "even"].includes(rule.curve.kind);
  if (usesKeys && rule.keys.length === 0)
    faults.push({ path: ["keys"], message: `a ${rule.curve.kind} curve needs at least one key metric` });
  if (rule.curve.kind === "tiered" && rule.keys.length > 1)
    faults.push({
      path: ["keys"],
      message: "a tiered curve takes one key metric: its slabs are in that metric's unit",
    });
  if (new Set(rule.keys.map((key) => key.metric_code)).size !== rule.keys.length)
    faults.push({ path: ["keys"], message: "a metric stands in the keys twice" });
  if (rule.floor !== null && rule.cap !== null && compare(exact(rule.floor), exact(rule.cap)) > 0)
    faults.push({ path: ["floor"], message: "the floor is above the cap" });
  if (rule.cap !== null && isZero(exact(rule.cap)))
    faults.push({ path: ["cap"], message: "a cap of zero places nothing; use the target operator" });
  return faults;
};

/** A rule as people write it. A field that rules do not have is refused: a misspelt cap would not cap anything. */
export const ruleDefinitionSchema = z
  .strictObject({ ...definition.shape, selector: z.strictObject(selectorSchema.shape) })
  .superRefine((rule, context) => {
    for (const fault of definitionFaults(rule)) context.addIssue({ code: "custom", ...fault });
  });
export type RuleDefinition = z.output<typeof ruleDefinitionSchema>;

/** An allocation rule version: selector, key metrics with weights, curve, floor and cap, target, fallback. */
export const allocationRuleSchema = baseRule.superRefine((rule, context) => {
  for (const fault of definitionFaults(rule)) context.addIssue({ code: "custom", ...fault });
  if (rule.effective_to !== null && rule.effective_to < rule.effective_from)
    context.addIssue({ code: "custom", path: ["effective_to"], message: "the rule ends before it starts" });
});
export type AllocationRule = z.output<typeof allocationRuleSchema>;
export type AllocationRuleInput = z.input<typeof allocationRuleSchema>;

const before = (a: AllocationRule, b: AllocationRule): number =>
  a.order - b.order || (a.rule_id < b.rule_id ? -1 : a.rule_id > b.rule_id ? 1 : 0);

/**
 * The rules in force for a period, in the order in which they are tried: of each rule the highest active version that is
 * effective on the period's first day, so that a change within a period takes effect with the next one.
 */
export const rulesInForce = (rules: readonly AllocationRule[], period: Period): AllocationRule[] => {
  const chosen = new Map<string, AllocationRule>();
  for (const rule of rules) {
    const effective =
      rule.effective_from <= period.start && (rule.effective_to === null || rule.effective_to >= period.start);
    if (rule.status !== "active" || !effective) continue;
    const other = chosen.get(rule.rule_id);
    if (!other || other.version < rule.version) chosen.set(rule.rule_id, rule);
  }
  return [...chosen.values()].toSorted(before);
};
