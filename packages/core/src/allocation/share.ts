import type { TenantId } from "../kernel/index.ts";
import { type Exact, exact, fraction, SCALE, splitByWeight, sumExact, toText, ZERO } from "../money/index.ts";
import { clampWeights } from "./clamp.ts";
import { type AllocationKey, curveWeights, evenKey, fixedKey, keyOfUsage, type UsageByMetric } from "./curve.ts";
import type { AllocationFinding, AllocationRow, CostPool, TenantState } from "./plan.ts";
import type { AllocationRule } from "./rule.ts";

/** Who shares pools, and by what they used. */
export interface Participants {
  /** Tenants that can be charged: neither closed nor synthetic. */
  readonly payable: ReadonlyMap<string, TenantState>;
  /** Usage of the period by every tenant that is not synthetic; what a closed tenant used falls to the operator. */
  readonly usage: UsageByMetric;
  readonly previousUsage: UsageByMetric;
}

interface Placed {
  readonly rows: readonly AllocationRow[];
  readonly findings: readonly AllocationFinding[];
}

/** Sorts behind every tenant id, so that ties never go to the operator first. */
const OPERATOR = "\uffff";

interface Weighing {
  readonly key: AllocationKey;
  readonly weights: ReadonlyMap<string, Exact>;
  /** What had to be done because the rule's own key gave no weight. */
  readonly fellBack: string | null;
}

const weigh = (rule: AllocationRule, key: AllocationKey, fellBack: string | null): Weighing => ({
  key,
  weights: fellBack === "even" ? key.values : curveWeights(rule.curve, key),
  fellBack,
});

const ruleKey = (rule: AllocationRule, service: string, participants: Participants): AllocationKey => {
  const payable = new Set(participants.payable.keys());
  if (rule.curve.kind === "even") return evenKey(payable);
  if (rule.curve.kind === "fixed") return fixedKey(rule.curve, service, payable);
  return keyOfUsage(rule.keys, participants.usage);
};

const weighByRule = (rule: AllocationRule, service: string, participants: Participants): Weighing => {
  const own = weigh(rule, ruleKey(rule, service, participants), null);
  if (own.weights.size > 0 || rule.fallback === "operator")
    return own.weights.size > 0 ? own : { ...own, fellBack: "operator" };
  if (rule.fallback === "even") return weigh(rule, evenKey(participants.payable.keys()), "even");
  const before = keyOfUsage(rule.keys, participants.previousUsage);
  return weigh(rule, { ...before, metric: `${before.metric}@previous_period` }, "previous_period");
};

const findingOf = (
  pool: CostPool,
  code: AllocationFinding["code"],
  cost: bigint,
  message: string,
): AllocationFinding => ({
  code,
  category: "Allocation",
  service: pool.service,
  ruleId: pool.rule?.rule_id ?? null,
  subject: null,
  cost,
  message,
});

/** The row of a pool that is not shared, or of the operator's part of one that is. */
export const rowOf = (
  pool: CostPool,
  part: Pick<AllocationRow, "kind" | "tenantId" | "cost"> & { readonly key?: AllocationKey | undefined },
): AllocationRow => ({
  poolNo: pool.poolNo,
  kind: part.kind,
  reason: pool.reason,
  tenantId: part.tenantId,
  service: pool.service,
  category: pool.category,
  ruleId: pool.rule?.rule_id ?? null,
  ruleVersion: pool.rule?.version ?? null,
  cost: part.cost,
  poolCost: pool.cost,
  keyMetric: part.key?.metric ?? null,
  keyValue: part.key && part.tenantId !== null ? toText(part.key.values.get(part.tenantId) ?? ZERO) : null,
  keyTotal: part.key ? toText(part.key.total) : null,
});

const fallbackFindings = (pool: CostPool, weighing: Weighing): AllocationFinding[] => {
  const { key, fellBack } = weighing;
  if (fellBack !== null) {
    const outcome = weighing.weights.size === 0 ? "the operator bears the pool" : `the pool is shared by ${key.metric}`;
    const message = `${pool.service}: no tenant has a weight under ${pool.rule?.rule_id}; ${outcome} (fallback ${pool.rule?.fallback}). Check that the usage of its key metrics arrived.`;
    return [findingOf(pool, "ZERO_KEY_TOTAL", pool.cost, message)];
  }
  if (key.unused.length === 0) return [];
  const message = `${pool.service}: nobody used ${key.unused.join(", ")} under ${pool.rule?.rule_id}; its other key metrics carried the whole pool.`;
  return [findingOf(pool, "ZERO_KEY_TOTAL", pool.cost, message)];
};

/**
 * Shares a pool over the tenants by its rule, in units of 1e-12 with the largest remainder: key, curve, floor and cap. The
 * operator gets what the cap leaves over and what tenants that can no longer be charged used. The rows add up to the pool exactly.
 */
export const sharePool = (pool: CostPool, rule: AllocationRule, participants: Participants): Placed => {
  const weighing = weighByRule(rule, pool.service, participants);
  const findings = fallbackFindings(pool, weighing);
  if (pool.cost < 0n)
    findings.push(
      findingOf(
        pool,
        "NEGATIVE_POOL",
        pool.cost,
        `${pool.service}: the pool of ${rule.rule_id} is negative and lowers what its tenants pay.`,
      ),
    );
  const weights = [...weighing.weights].map(([id, weight]) => ({ id, weight }));
  const clamped = clampWeights(
    weights,
    rule.floor === null ? null : exact(rule.floor),
    rule.cap === null ? null : exact(rule.cap),
  );
  if (clamped.isFloorLowered)
    findings.push(
      findingOf(
        pool,
        "FLOOR_LOWERED",
        pool.cost,
        `${rule.rule_id}: a floor of ${rule.floor} for each of ${weights.length} tenants is more than the pool; all got the same share. Lower the floor.`,
      ),
    );
  const parts = [...clamped.weights, { id: OPERATOR, weight: clamped.left }].map(({ id, weight }) => ({
    id,
    weight: exact(weight),
  }));
  const rows: AllocationRow[] = [];
  let operator = 0n;
  for (const [id, cost] of splitByWeight(pool.cost, parts)) {
    const tenantId: TenantId | undefined = participants.payable.get(id)?.tenantId;
    if (tenantId === undefined) operator += cost;
    else if (cost !== 0n) rows.push(rowOf(pool, { kind: "allocated", tenantId, cost, key: weighing.key }));
  }
  if (operator !== 0n) rows.push(rowOf(pool, { kind: "overhead", tenantId: null, cost: operator, key: weighing.key }));
  if (operator !== 0n && weights.length > 0)
    findings.push(
      findingOf(
        pool,
        "NOT_PLACED",
        operator,
        `${pool.service}: ${rule.rule_id} could not place a part of its pool (cap, or usage of closed tenants); the operator bears it.`,
      ),
    );
  return { rows, findings };
};

const UNITS = 10n ** BigInt(SCALE);
const SPREAD_BASE: ReadonlySet<AllocationRow["reason"]> = new Set([
  "tag",
  "rule",
  "no_rule",
  "unknown_tag",
  "closed_tag",
  "synthetic_tag",
]);

/**
 * Spreads a pool of discounts, credits or refunds over what the same service cost each tenant and the operator, in proportion
 * to the positive amounts. With nothing to spread over, the operator bears it.
 */
export const spreadPool = (pool: CostPool, rows: readonly AllocationRow[]): Placed => {
  const base = new Map<string, bigint>();
  const tenants = new Map<string, TenantId>();
  for (const row of rows) {
    if (row.service !== pool.service || !SPREAD_BASE.has(row.reason)) continue;
    const id = row.tenantId ?? OPERATOR;
    base.set(id, (base.get(id) ?? 0n) + row.cost);
    if (row.tenantId !== null) tenants.set(row.tenantId, row.tenantId);
  }
  const values = new Map([...base].filter(([, cost]) => cost > 0n).map(([id, cost]) => [id, fraction(cost, UNITS)]));
  if (values.size === 0) {
    const message = `${pool.service}: nothing to spread the ${pool.reason} over; the operator bears it.`;
    const finding = findingOf(pool, "NOT_PLACED", pool.cost, message);
    return { rows: [rowOf(pool, { kind: "overhead", tenantId: null, cost: pool.cost })], findings: [finding] };
  }
  const key: AllocationKey = { metric: "cost_of_service", values, total: sumExact(values.values()), unused: [] };
  const parts = [...values].map(([id, weight]) => ({ id, weight }));
  const placed = [...splitByWeight(pool.cost, parts)].map(([id, cost]) => {
    const tenantId = tenants.get(id) ?? null;
    return rowOf(pool, { kind: tenantId === null ? "overhead" : "allocated", tenantId, cost, key });
  });
  return { rows: placed, findings: [] };
};
