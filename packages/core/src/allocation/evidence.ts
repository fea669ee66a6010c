import type { CostBasis, EvidenceClause, RouteReason } from "./plan.ts";

/** A pool as evidence: what its lines have in common. */
export interface PoolEvidence {
  /** Billing month, YYYY-MM. */
  readonly period: string;
  readonly basis: CostBasis;
  readonly currency: string;
  readonly service: string;
  readonly reason: RouteReason;
  readonly tenantTag: string | null;
  readonly clauses: readonly EvidenceClause[];
}

/** A SELECT over the columnar files (`fact_cost_raw`) of a run's deliveries; each `?` is bound in order. */
export interface EvidenceQuery {
  readonly text: string;
  readonly parameters: readonly (string | boolean)[];
}

const COST_COLUMNS: Record<CostBasis, string> = {
  unblended: "line_item_unblended_cost",
  amortized: "amortized_cost",
  net_unblended: "net_unblended_cost",
  net_amortized: "net_amortized_cost",
};

const TAG = "resource_tags_user_tenant_id";
/** Reasons that a tag decided; the others are decided by its absence, or whatever the tag says. */
const TAGGED: ReadonlySet<RouteReason> = new Set(["tag", "unknown_tag", "closed_tag", "synthetic_tag"]);
const UNTAGGED: ReadonlySet<RouteReason> = new Set(["rule", "no_rule"]);

interface Condition {
  readonly text: string;
  readonly values: readonly (string | boolean)[];
}

const is = (column: string, value: string | null): Condition => ({
  text: `coalesce(${column}, '') = ?`,
  values: [value ?? ""],
});

const every = (conditions: readonly Condition[], word: "and" | "or"): Condition => ({
  text: conditions.map((condition) => `(${condition.text})`).join(` ${word} `),
  values: conditions.flatMap((condition) => condition.values),
});

const tagCondition = (pool: PoolEvidence): Condition[] => {
  if (TAGGED.has(pool.reason)) return [is(TAG, pool.tenantTag)];
  return UNTAGGED.has(pool.reason) ? [{ text: `trim(coalesce(${TAG}, '')) = ''`, values: [] }] : [];
};

const clauseCondition = (clause: EvidenceClause): Condition =>
  every(
    [
      is("line_item_line_item_type", clause.lineType),
      is("resource_tags_user_service_component", clause.component),
      is("line_item_usage_account_id", clause.account),
      is("region", clause.region),
      is("provider", clause.otherProvider ?? "AWS"),
      ...(clause.billingEntity === undefined ? [] : [is("bill_billing_entity", clause.billingEntity)]),
      { text: "is_upfront = ?", values: [clause.isUpfront] },
      {
        text: `coalesce(line_item_usage_type, '') in (${clause.usageTypes.map(() => "?").join(", ")})`,
        values: clause.usageTypes,
      },
    ],
    "and",
  );

/** The query that finds the lines of a pool again, with their cost in the run's basis; they add up to the pool. */
export const evidenceQuery = (pool: PoolEvidence): EvidenceQuery => {
  const where = every(
    [
      { text: "billing_period = ?", values: [pool.period] },
      { text: "line_item_currency_code = ?", values: [pool.currency] },
      { text: "is_split = false", values: [] },
      is("line_item_product_code", pool.service),
      ...tagCondition(pool),
      every(pool.clauses.map(clauseCondition), "or"),
    ],
    "and",
  );
  const columns = [
    "source_file",
    "source_row",
    "identity_line_item_id",
    "usage_date",
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_resource_id",
    TAG,
    "line_item_usage_amount",
    `${COST_COLUMNS[pool.basis]} as cost`,
  ];
  return { text: `select ${columns.join(", ")} from fact_cost_raw where ${where.text}`, parameters: where.values };
};

/** Where a row of a run's pool says that its lines are. Pools from before queries were kept (null) have none to link to. */
export const rowEvidence = (
  run: {
    readonly runId: string;
    readonly deliveryDigest: string;
    readonly deliveries: readonly { readonly delivery_id: string }[];
  },
  poolNo: number,
  queryId: string | null,
) => ({
  sourceLineIds: { delivery_digest: run.deliveryDigest, pool: poolNo },
  evidenceLinks: [
    { type: "allocation_pool", ref: `${run.runId}/${poolNo}` },
    ...(queryId === null ? [] : [{ type: "evidence_query", ref: queryId }]),
    ...run.deliveries.map((delivery) => ({ type: "cur_delivery", ref: delivery.delivery_id })),
  ],
});
