import { Decimal } from "decimal.js";
import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  fraction,
  isNegative,
  isZero,
  multiply,
  ONE,
  subtract,
  sumExact,
  toText,
  ZERO,
} from "../money/index.ts";
import type { KeyUsage } from "./plan.ts";
import type { AllocationRule, Curve } from "./rule.ts";

/** Metric to tenant to value, for one period. */
export type UsageByMetric = ReadonlyMap<string, ReadonlyMap<string, Exact>>;

/** Indexes usage for the tenants that take part. Throws RangeError on a negative value: a share of it has no meaning. */
export const usageByMetric = (usage: readonly KeyUsage[], takesPart: (tenantId: string) => boolean): UsageByMetric => {
  const index = new Map<string, Map<string, Exact>>();
  for (const { tenantId, metricCode, value } of usage) {
    if (!takesPart(tenantId)) continue;
    const amount = exact(value);
    if (isNegative(amount)) throw new RangeError(`usage of ${metricCode} by ${tenantId} is negative: ${value}`);
    const metric = index.get(metricCode) ?? new Map<string, Exact>();
    metric.set(tenantId, add(metric.get(tenantId) ?? ZERO, amount));
    index.set(metricCode, metric);
  }
  return index;
};

/** A rule's key: what each tenant has of it, above zero, and what there is in all. */
export interface AllocationKey {
  readonly metric: string;
  readonly values: ReadonlyMap<string, Exact>;
  readonly total: Exact;
  /** Metrics of the rule that nobody used: the others carried their weight. */
  readonly unused: readonly string[];
}

const positive = (values: ReadonlyMap<string, Exact>): Map<string, Exact> =>
  new Map([...values].filter(([, value]) => !isZero(value)));

/**
 * The rule's key over the tenants' usage. One metric counts in its own unit; of several, each counts as the tenant's share of
 * its total times its weight, because hours and gigabytes do not add.
 */
export const keyOfUsage = (keys: AllocationRule["keys"], usage: UsageByMetric): AllocationKey => {
  const metrics = keys.map((key) => {
    const values = positive(usage.get(key.metric_code) ?? new Map());
    return { code: key.metric_code, weight: exact(key.weight), values, total: sumExact(values.values()) };
  });
  const unused = metrics.filter((metric) => isZero(metric.total)).map((metric) => metric.code);
  const [only] = metrics;
  if (only && metrics.length === 1) return { metric: only.code, values: only.values, total: only.total, unused };
  const values = new Map<string, Exact>();
  for (const metric of metrics)
    for (const [tenantId, value] of metric.values)
      values.set(tenantId, add(values.get(tenantId) ?? ZERO, multiply(metric.weight, divide(value, metric.total))));
  const metric = metrics.map(({ code, weight }) => `${code}*${toText(weight)}`).join("+");
  return { metric, values, total: sumExact(values.values()), unused };
};

const tieredWeight = (value: Exact, slabs: Extract<Curve, { kind: "tiered" }>["slabs"]): Exact => {
  let weight = ZERO;
  let from = ZERO;
  for (const slab of slabs) {
    const bound = slab.up_to === null ? value : exact(slab.up_to);
    const top = compare(value, bound) < 0 ? value : bound;
    if (compare(top, from) <= 0) break;
    weight = add(weight, multiply(subtract(top, from), exact(slab.factor)));
    from = bound;
  }
  return weight;
};

const powerWeights = (
  values: ReadonlyMap<string, Exact>,
  curve: Extract<Curve, { kind: "power" }>,
): Map<string, Exact> => {
  const Precise = Decimal.clone({ precision: curve.precision, rounding: Decimal.ROUND_HALF_UP });
  const weights = new Map<string, Exact>();
  for (const [tenantId, value] of values) {
    const base = new Precise(value.n.toString()).div(value.d.toString());
    const [digits = "0", exponent = "0"] = base.pow(curve.exponent).toExponential().split("e");
    const power = BigInt(exponent);
    weights.set(tenantId, multiply(exact(digits), power < 0n ? fraction(1n, 10n ** -power) : fraction(10n ** power)));
  }
  return weights;
};

const constantKey = (metric: string, values: Map<string, Exact>): AllocationKey => ({
  metric,
  values,
  total: sumExact(values.values()),
  unused: [],
});

/** Every tenant alike. */
export const evenKey = (tenantIds: Iterable<string>): AllocationKey =>
  constantKey("even", new Map([...tenantIds].map((tenantId) => [tenantId, ONE])));

/** The stored weights of a service (or of `*`), for the tenants that can pay. */
export const fixedKey = (
  curve: Extract<Curve, { kind: "fixed" }>,
  service: string,
  tenantIds: ReadonlySet<string>,
): AllocationKey => {
  const stored = Object.entries(curve.weights[service] ?? curve.weights["*"] ?? {});
  const values = stored
    .filter(([tenantId]) => tenantIds.has(tenantId))
    .map(([tenantId, weight]) => [tenantId, exact(weight)] as const);
  return constantKey("fixed", positive(new Map(values)));
};

/** The weights that a curve makes of a key; tenants without a weight are left out. */
export const curveWeights = (curve: Curve, key: AllocationKey): Map<string, Exact> => {
  if (curve.kind === "power") return powerWeights(key.values, curve);
  if (curve.kind !== "tiered") return new Map(key.values);
  return positive(new Map([...key.values].map(([tenantId, value]) => [tenantId, tieredWeight(value, curve.slabs)])));
};
