import type { AllocationFinding, CostPool, RouteReason } from "./plan.ts";

interface Routed {
  readonly code: AllocationFinding["code"];
  readonly category: AllocationFinding["category"];
  readonly message: (pool: CostPool, subject: string) => string;
}

const ROUTED: Partial<Record<RouteReason, Routed>> = {
  unknown_tag: {
    code: "UNKNOWN_TENANT_TAG",
    category: "Tagging",
    message: (pool, tag) =>
      `${pool.service}: the tag tenant_id=${tag} names no tenant; the operator bears it. Correct the tag, or create the tenant.`,
  },
  closed_tag: {
    code: "CLOSED_TENANT_TAG",
    category: "Tagging",
    message: (pool, tag) =>
      `${pool.service}: tenant ${tag} is closed but still costs; the operator bears it. Remove what it left running.`,
  },
  synthetic_tag: {
    code: "SYNTHETIC_TENANT_TAG",
    category: "Tagging",
    message: (pool, tag) =>
      `${pool.service}: ${tag} is a synthetic tenant and is never charged; the operator bears it.`,
  },
  no_rule: {
    code: "UNTAGGED_COST",
    category: "Tagging",
    message: (pool) =>
      `${pool.service}: lines without a tag that no rule takes are untagged overhead. Tag them, or add a rule.`,
  },
  unknown_line_type: {
    code: "UNKNOWN_LINE_TYPE",
    category: "Allocation",
    message: (pool, type) => `${pool.service}: line item type ${type} is not known; the operator bears it.`,
  },
  other_provider: {
    code: "OTHER_PROVIDER",
    category: "Allocation",
    message: (pool, provider) => `${pool.service}: lines of ${provider} are not AWS's; the operator bears them.`,
  },
};

const distinct = (values: readonly (string | null)[]): string | null => {
  const found = [...new Set(values)].filter((value) => value !== null);
  return found.length === 0 ? null : found.join(", ");
};

const subjectOf = (pool: CostPool): string | null => {
  if (pool.reason === "unknown_line_type") return distinct(pool.clauses.map((clause) => clause.lineType));
  if (pool.reason === "other_provider") return distinct(pool.clauses.map((clause) => clause.otherProvider));
  return pool.tenantTag;
};

/** What the routing of the pools has to report; each pool at most once. */
export const routeFindings = (pools: readonly CostPool[]): AllocationFinding[] =>
  pools.flatMap((pool): AllocationFinding[] => {
    const routed = ROUTED[pool.reason];
    if (!routed) return [];
    const subject = subjectOf(pool);
    const message = routed.message(pool, subject ?? "");
    return [
      {
        code: routed.code,
        category: routed.category,
        service: pool.service,
        ruleId: null,
        subject,
        cost: pool.cost,
        message,
      },
    ];
  });
