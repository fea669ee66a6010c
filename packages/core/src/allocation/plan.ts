import type { TenantId } from "../kernel/index.ts";
import type { Currency } from "../money/index.ts";
import type { Period } from "../time/index.ts";
import type { AllocationPolicy } from "./policy.ts";
import type { AllocationRule, CostCategory } from "./rule.ts";

/** Which cost column counts; one basis for all rows of a period. */
export const COST_BASES = ["unblended", "amortized", "net_unblended", "net_amortized"] as const;
export type CostBasis = (typeof COST_BASES)[number];

/** Cost lines that agree in everything the allocation looks at, summed. */
export interface CostGroup {
  /** Product code, as "AmazonEC2". */
  readonly service: string;
  readonly usageType: string;
  /** The line item type of the CUR, as "Usage" or "Tax". */
  readonly lineType: string;
  readonly component: string | null;
  readonly account: string | null;
  readonly region: string | null;
  /** The tenant tag as it stands on the lines; null where there is none. */
  readonly tenantTag: string | null;
  /** A provider other than AWS (FOCUS); null for AWS. */
  readonly otherProvider: string | null;
  /** Who bills: "AWS", "AWS Marketplace". */
  readonly billingEntity: string;
  /** True for fees that buy a reservation: the timing of commitments is the operator's. */
  readonly isUpfront: boolean;
  /** In units of 1e-12 of the currency, in the chosen basis. */
  readonly cost: bigint;
  /** Lines of the delivery in the group. */
  readonly lines: number;
}

export interface TenantState {
  readonly tenantId: TenantId;
  readonly status: "active" | "suspended" | "closed";
  readonly isSynthetic: boolean;
}

/** A tenant's metric over the whole period, aggregated as the metric says (sum, peak, last); decimal text. */
export interface KeyUsage {
  readonly tenantId: string;
  readonly metricCode: string;
  readonly value: string;
}

export interface AllocationInput {
  readonly period: Period;
  readonly basis: CostBasis;
  readonly currency: Currency;
  readonly costs: readonly CostGroup[];
  readonly tenants: readonly TenantState[];
  readonly usage: readonly KeyUsage[];
  /** Usage of the period before, for rules that fall back on it. */
  readonly previousUsage: readonly KeyUsage[];
  /** All versions known; the ones in force for the period are chosen here. */
  readonly rules: readonly AllocationRule[];
  readonly policy: AllocationPolicy;
}

export type AllocationKind = "direct" | "allocated" | "overhead" | "untagged";

/** Why a pool went where it went. */
export const ROUTE_REASONS = [
  "tag", // a valid tenant tag: direct
  "rule", // no tag, and a rule took it
  "no_rule", // no tag, and no rule took it: untagged overhead
  "unknown_tag",
  "closed_tag",
  "synthetic_tag", // a tag that names no tenant who can pay
  "tax",
  "credit",
  "refund",
  "discount",
  "fee", // by policy
  "commitment", // savings plan and reservation fees and negations: timing, or unused commitment
  "unknown_line_type",
  "other_provider",
] as const;
export type RouteReason = (typeof ROUTE_REASONS)[number];

/** Lines of a pool, so that they can be found again in the delivery: all of these usage types under the other values. */
export interface EvidenceClause {
  readonly lineType: string;
  readonly component: string | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly otherProvider: string | null;
  readonly isUpfront: boolean;
  /** Absent in pools that were stored before rules could select by it. */
  readonly billingEntity?: string;
  readonly usageTypes: readonly string[];
}

/** Lines that share one fate: one tenant's, one rule's, or the operator's for one reason. */
export interface CostPool {
  /** Position in the plan, from 1. */
  readonly poolNo: number;
  readonly reason: RouteReason;
  readonly service: string;
  readonly category: CostCategory;
  readonly rule: AllocationRule | null;
  readonly tenantTag: string | null;
  readonly cost: bigint;
  readonly lines: number;
  readonly clauses: readonly EvidenceClause[];
}

/** What a pool costs one tenant, or the operator (tenantId null). */
export interface AllocationRow {
  readonly poolNo: number;
  readonly kind: AllocationKind;
  readonly reason: RouteReason;
  readonly tenantId: TenantId | null;
  readonly service: string;
  readonly category: CostCategory;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  /** In units of 1e-12. */
  readonly cost: bigint;
  readonly poolCost: bigint;
  /** The metric, or the metrics with their weights: "runner_hours*0.6+data_ingestion_gb*0.4". */
  readonly keyMetric: string | null;
  /** The tenant's part of keyTotal: in the metric's unit, or of the weights where there are several. Decimal text. */
  readonly keyValue: string | null;
  readonly keyTotal: string | null;
}

export interface AllocationFinding {
  readonly code:
    | "UNKNOWN_TENANT_TAG"
    | "CLOSED_TENANT_TAG"
    | "SYNTHETIC_TENANT_TAG"
    | "UNKNOWN_LINE_TYPE"
    | "OTHER_PROVIDER"
    | "UNTAGGED_COST"
    | "NEGATIVE_POOL"
    | "ZERO_KEY_TOTAL"
    | "FLOOR_LOWERED"
    | "NOT_PLACED";
  readonly category: "Tagging" | "Allocation";
  readonly service: string;
  readonly ruleId: string | null;
  /** The tag, line type or provider that the finding is about. */
  readonly subject: string | null;
  readonly cost: bigint;
  readonly message: string;
}

/** direct + allocated + overhead + untagged = total, exactly, in units of 1e-12. */
export interface AllocationTotals {
  readonly total: bigint;
  readonly direct: bigint;
  readonly allocated: bigint;
  readonly overhead: bigint;
  readonly untagged: bigint;
}

export interface ServiceTotals extends AllocationTotals {
  readonly service: string;
}

/** What an allocation would store; plain data. The same input gives the same digest, in whatever order it came. */
export interface AllocationPlan {
  readonly period: Period;
  readonly basis: CostBasis;
  readonly currency: Currency;
  readonly pools: readonly CostPool[];
  readonly rows: readonly AllocationRow[];
  readonly totals: AllocationTotals;
  readonly perService: readonly ServiceTotals[];
  readonly findings: readonly AllocationFinding[];
  readonly digest: string;
}
