import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  varchar,
} from "drizzle-orm/pg-core";
import {
  currencyColumn,
  dayColumn,
  exactColumn,
  instantColumn,
  type Json,
  type RunId,
  tenantColumn,
} from "../kernel/index.ts";
import type {
  AllocationFinding,
  AllocationKind,
  CostBasis,
  EvidenceClause,
  KeyUsage,
  RouteReason,
  TenantState,
} from "./plan.ts";
import type { AllocationPolicy } from "./policy.ts";
import type { AllocationRule, CostCategory } from "./rule.ts";

const runColumn = () => varchar("run_id", { length: 64 }).$type<RunId>().notNull();

/** A rule version; its definition never changes, only its status and its last day. */
export const allocationRules = pgTable(
  "allocation_rules",
  {
    ruleId: varchar("rule_id", { length: 64 }).notNull(),
    version: integer("version").notNull(),
    title: text("title").notNull(),
    ruleOrder: integer("rule_order").notNull(),
    category: varchar("category", { length: 16 }).$type<CostCategory>().notNull(),
    selector: jsonb("selector").$type<AllocationRule["selector"]>().notNull(),
    keys: jsonb("keys").$type<AllocationRule["keys"]>().notNull(),
    curve: jsonb("curve").$type<AllocationRule["curve"]>().notNull(),
    floor: exactColumn("floor"),
    cap: exactColumn("cap"),
    target: varchar("target", { length: 16 }).$type<AllocationRule["target"]>().notNull(),
    fallback: varchar("fallback", { length: 16 }).$type<AllocationRule["fallback"]>().notNull(),
    effectiveFrom: dayColumn("effective_from").notNull(),
    effectiveTo: dayColumn("effective_to"),
    status: varchar("status", { length: 16 }).$type<AllocationRule["status"]>().notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ruleId, table.version] })],
);

/** Where tax, credits, refunds, discounts and fees go, from a day on. Append-only. */
export const allocationPolicy = pgTable("allocation_policy", {
  version: integer("version").primaryKey(),
  effectiveFrom: dayColumn("effective_from").notNull(),
  policy: jsonb("policy").$type<AllocationPolicy>().notNull(),
  createdAt: instantColumn("created_at").notNull(),
});

export interface RunDelivery {
  readonly delivery_id: string;
  /** Digest of the raw files. */
  readonly digest: string;
  /** Digest of the daily cost that was derived from them. */
  readonly daily_digest: string;
}

/** One allocation of a period, with the digests of everything it was made from. */
export const allocationRun = pgTable(
  "allocation_run",
  {
    runId: runColumn().primaryKey(),
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    basis: varchar("basis", { length: 16 }).$type<CostBasis>().notNull(),
    currency: currencyColumn("currency").notNull(),
    deliveries: jsonb("deliveries").$type<readonly RunDelivery[]>().notNull(),
    deliveryDigest: varchar("delivery_digest", { length: 80 }).notNull(),
    rulesDigest: varchar("rules_digest", { length: 80 }).notNull(),
    usageDigest: varchar("usage_digest", { length: 80 }).notNull(),
    tenantsDigest: varchar("tenants_digest", { length: 80 }).notNull(),
    /** Digest of period, basis, currency and the digests above: the business key. */
    inputDigest: varchar("input_digest", { length: 80 }).notNull().unique(),
    /** Digest of the rows. */
    planDigest: varchar("plan_digest", { length: 80 }).notNull(),
    totalCost: exactColumn("total_cost").notNull(),
    directCost: exactColumn("direct_cost").notNull(),
    allocatedCost: exactColumn("allocated_cost").notNull(),
    overheadCost: exactColumn("overhead_cost").notNull(),
    untaggedCost: exactColumn("untagged_cost").notNull(),
    /** `recording` only within the transaction that stores the run. */
    status: varchar("status", { length: 16 }).$type<"recording" | "active" | "superseded">().notNull(),
    /** The baseline of a billed period, whose rules and keys this run was made with; null before the first invoice. */
    restatesRunId: varchar("restates_run_id", { length: 64 }).$type<RunId>(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("allocation_run_active")
      .on(table.periodStart, table.periodEnd, table.basis, table.currency)
      .where(sql`status = 'active'`),
  ],
);

/**
 * The run that the first issued invoice of a period took its cost from. From then on the period is billed: its cost is allocated under
 * this run's rules and keys, whatever is delivered. Append-only.
 */
export const allocationBaseline = pgTable(
  "allocation_baseline",
  {
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    basis: varchar("basis", { length: 16 }).$type<CostBasis>().notNull(),
    currency: currencyColumn("currency").notNull(),
    runId: runColumn().references(() => allocationRun.runId),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.periodStart, table.periodEnd, table.basis, table.currency] })],
);

/** What a run was made from beside the cost, so that it can be computed again. Append-only. */
export const allocationInput = pgTable("allocation_input", {
  runId: runColumn()
    .primaryKey()
    .references(() => allocationRun.runId),
  tenants: jsonb("tenants").$type<readonly TenantState[]>().notNull(),
  usage: jsonb("usage").$type<readonly KeyUsage[]>().notNull(),
  previousUsage: jsonb("previous_usage").$type<readonly KeyUsage[]>().notNull(),
  rules: jsonb("rules").$type<readonly AllocationRule[]>().notNull(),
  policy: jsonb("policy").$type<AllocationPolicy>().notNull(),
});

/**
 * Lines that share one fate, and how to find them in the delivery. Append-only. Its run, rule version and query are held by guards that look
 * once a statement (migrations): foreign keys look, and lock, once a row.
 */
export const allocationPool = pgTable(
  "allocation_pool",
  {
    runId: runColumn(),
    poolNo: integer("pool_no").notNull(),
    reason: varchar("reason", { length: 24 }).$type<RouteReason>().notNull(),
    service: text("service").notNull(),
    category: varchar("category", { length: 16 }).$type<CostCategory>().notNull(),
    ruleId: varchar("rule_id", { length: 64 }),
    ruleVersion: integer("rule_version"),
    tenantTag: text("tenant_tag"),
    cost: exactColumn("cost").notNull(),
    lines: bigint("lines", { mode: "number" }).notNull(),
    clauses: jsonb("clauses").$type<readonly EvidenceClause[]>().notNull(),
    /** The query that finds the lines again, with the parameters that the clauses give; null in pools from before queries were kept. */
    queryId: text("query_id"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.poolNo] })],
);

/**
 * What a pool costs one tenant, or the operator where tenant_id is null: tenants x services x categories x rules. Append-only. Pool and
 * tenant are held by a guard, as a pool's rule is.
 */
export const factCostAllocated = pgTable(
  "fact_cost_allocated",
  {
    id: bigserial("id", { mode: "bigint" }).primaryKey(),
    runId: runColumn(),
    poolNo: integer("pool_no").notNull(),
    kind: varchar("kind", { length: 16 }).$type<AllocationKind>().notNull(),
    reason: varchar("reason", { length: 24 }).$type<RouteReason>().notNull(),
    tenantId: tenantColumn(),
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    service: text("service").notNull(),
    category: varchar("category", { length: 16 }).$type<CostCategory>().notNull(),
    ruleId: varchar("rule_id", { length: 64 }),
    ruleVersion: integer("rule_version"),
    currency: currencyColumn("currency").notNull(),
    cost: exactColumn("cost").notNull(),
    /** Phase 1's column: the cost where the currency is USD. */
    allocatedCostUsd: exactColumn("allocated_cost_usd").generatedAlwaysAs(
      sql`CASE WHEN currency = 'USD' THEN cost END`,
    ),
    poolCost: exactColumn("pool_cost").notNull(),
    keyMetric: text("key_metric"),
    keyValue: exactColumn("key_value"),
    keyTotal: exactColumn("key_total"),
    /** The deliveries and the pool whose clauses select the lines. */
    sourceLineIds: jsonb("source_line_ids").$type<Json>().notNull(),
    evidenceLinks: jsonb("evidence_links")
      .$type<readonly { readonly type: string; readonly ref: string }[]>()
      .notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("fact_cost_allocated_share").on(table.runId, table.poolNo, sql`coalesce(tenant_id, '')`, table.kind),
    index("fact_cost_allocated_tenant").on(table.tenantId, table.periodStart),
  ],
);

/** What an allocation had to report. Append-only. */
export const allocationFinding = pgTable(
  "allocation_finding",
  {
    runId: runColumn().references(() => allocationRun.runId),
    findingNo: integer("finding_no").notNull(),
    code: varchar("code", { length: 32 }).$type<AllocationFinding["code"]>().notNull(),
    category: varchar("category", { length: 16 }).$type<AllocationFinding["category"]>().notNull(),
    service: text("service").notNull(),
    ruleId: varchar("rule_id", { length: 64 }),
    subject: text("subject"),
    cost: exactColumn("cost").notNull(),
    message: text("message").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.findingNo] })],
);
