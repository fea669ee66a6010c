import { lineRoute } from "../cost/index.ts";
import type { AllocationInput, CostGroup, CostPool, EvidenceClause, RouteReason, TenantState } from "./plan.ts";
import type { AllocationPolicy } from "./policy.ts";
import { type AllocationRule, type CostCategory, rulesInForce } from "./rule.ts";
import { categoryOf, selectorMatcher } from "./selector.ts";

/** Commitments that were paid for and not used: a rule may take them where the policy says so. */
const UNUSED_COMMITMENT: ReadonlySet<string> = new Set(["SavingsPlanRecurringFee", "UnusedCommitment"]);

/** Where a line goes before anything is pooled. */
interface Route {
  readonly reason: RouteReason;
  readonly rule: AllocationRule | null;
  readonly category: CostCategory;
  /** The tag, where it decided. */
  readonly tenantTag: string | null;
}

/** The operator's by what the line is, whatever its tag says; undefined where tag and rules decide. */
const reasonByLine = (group: CostGroup, policy: AllocationPolicy): RouteReason | undefined => {
  if (group.otherProvider !== null) return "other_provider";
  if (group.isUpfront) return "commitment";
  const route = lineRoute(group.lineType);
  if (route === "usage") return undefined;
  if (route === "unknown") return "unknown_line_type";
  if (route === "fee" && policy.fees === "rules") return undefined;
  if (UNUSED_COMMITMENT.has(group.lineType) && policy.unused_commitment === "rules") return undefined;
  return route;
};

const reasonByTag = (state: TenantState | undefined): RouteReason => {
  if (state === undefined) return "unknown_tag";
  if (state.isSynthetic) return "synthetic_tag";
  return state.status === "closed" ? "closed_tag" : "tag";
};

/** Decides the route of each line: by what it is, then by its tag, then by the first rule that matches. */
const router = (input: AllocationInput): ((group: CostGroup) => Route) => {
  const tenants = new Map<string, TenantState>(input.tenants.map((tenant) => [tenant.tenantId, tenant]));
  const rules = rulesInForce(input.rules, input.period).map((rule) => ({
    rule,
    takes: selectorMatcher(rule.selector),
  }));
  return (group) => {
    const category = categoryOf(group.service, group.usageType);
    const byLine = reasonByLine(group, input.policy);
    if (byLine !== undefined) return { reason: byLine, rule: null, category, tenantTag: null };
    const tag = group.tenantTag;
    if (tag !== null && tag.trim() !== "")
      return { reason: reasonByTag(tenants.get(tag)), rule: null, category, tenantTag: tag };
    const rule = rules.find((candidate) => candidate.takes(group))?.rule;
    if (!rule) return { reason: "no_rule", rule: null, category, tenantTag: null };
    return { reason: "rule", rule, category: rule.category, tenantTag: null };
  };
};

const SEPARATOR = "\u0000";
const keyOf = (...parts: readonly (string | null)[]): string =>
  parts.map((part) => (part === null ? "-" : `=${part}`)).join(SEPARATOR);

interface Growing {
  readonly route: Route;
  readonly service: string;
  cost: bigint;
  lines: number;
  readonly clauses: Map<string, { readonly of: CostGroup; readonly usageTypes: Set<string> }>;
}

const addTo = (pool: Growing, group: CostGroup): void => {
  pool.cost += group.cost;
  pool.lines += group.lines;
  const key = keyOf(
    group.lineType,
    group.component,
    group.account,
    group.region,
    group.otherProvider,
    String(group.isUpfront),
    group.billingEntity,
  );
  const clause = pool.clauses.get(key);
  if (clause) clause.usageTypes.add(group.usageType);
  else pool.clauses.set(key, { of: group, usageTypes: new Set([group.usageType]) });
};

const byKey = <T>(entries: Iterable<readonly [string, T]>): T[] =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);

const clausesOf = (pool: Growing): EvidenceClause[] =>
  byKey(pool.clauses).map(({ of, usageTypes }) => ({
    lineType: of.lineType,
    component: of.component,
    account: of.account,
    region: of.region,
    otherProvider: of.otherProvider,
    isUpfront: of.isUpfront,
    billingEntity: of.billingEntity,
    usageTypes: [...usageTypes].toSorted(),
  }));

/** Sums the lines of a period into pools that share one fate, in an order that does not depend on the order of the lines. */
export const poolCosts = (input: AllocationInput): CostPool[] => {
  const routeOf = router(input);
  const pools = new Map<string, Growing>();
  for (const group of input.costs) {
    const route = routeOf(group);
    const ruleKey = route.rule && `${route.rule.rule_id}@${route.rule.version}`;
    const key = keyOf(group.service, route.reason, route.category, ruleKey, route.tenantTag);
    let pool = pools.get(key);
    if (!pool) {
      pool = { route, service: group.service, cost: 0n, lines: 0, clauses: new Map() };
      pools.set(key, pool);
    }
    addTo(pool, group);
  }
  return byKey(pools).map((pool, index) => ({
    poolNo: index + 1,
    ...pool.route,
    service: pool.service,
    cost: pool.cost,
    lines: pool.lines,
    clauses: clausesOf(pool),
  }));
};
