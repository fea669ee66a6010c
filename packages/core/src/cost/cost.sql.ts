import {
  bigint,
  boolean,
  char,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { currencyColumn, dayColumn, type DeliveryId, exactColumn, instantColumn } from "../kernel/index.ts";
import type { Month } from "../time/index.ts";
import type { CostPolicy } from "./cost-policy.ts";
import type { DiscoveredObject, DiscoveryState } from "./discovery.ts";
import type { ColumnarFile, CurFormat, DeliveryStatus, RawFile, TagState } from "./delivery.ts";
import type { FindingSeverity } from "./finding-kinds.ts";

const monthColumn = (name: string) => char(name, { length: 7 }).$type<Month>();
const deliveryColumn = (name = "delivery_id") => varchar(name, { length: 64 }).$type<DeliveryId>();

/** One attempt to import, Phase 1's table. */
export const curIngestionLog = pgTable("cur_ingestion_log", {
  runId: uuid("run_id").primaryKey(),
  periodStart: dayColumn("period_start"),
  periodEnd: dayColumn("period_end"),
  status: varchar("status", { length: 16 }).$type<"started" | "completed" | "failed">().notNull(),
  rowCount: bigint("row_count", { mode: "number" }),
  durationSec: exactColumn("duration_sec"),
  errorLog: text("error_log"),
  sourceDigest: varchar("source_digest", { length: 80 }),
  executedBy: varchar("executed_by", { length: 128 }).notNull(),
  source: text("source").notNull(),
  startedAt: instantColumn("started_at").notNull(),
  finishedAt: instantColumn("finished_at"),
});

/** One delivery of one billing period; the active ones are the cost of the period. */
export const curDelivery = pgTable(
  "cur_delivery",
  {
    deliveryId: deliveryColumn().primaryKey(),
    /** Execution id (CUR 2.0) or assembly id (legacy); null when the file came without a manifest. */
    sourceDeliveryId: varchar("source_delivery_id", { length: 128 }),
    period: monthColumn("period").notNull(),
    currency: currencyColumn("currency").notNull(),
    format: varchar("format", { length: 16 }).$type<CurFormat>().notNull(),
    status: varchar("status", { length: 16 }).$type<DeliveryStatus>().notNull(),
    /** Every row with a cost has an invoice id, and the expected monthly rows are there. */
    isFinal: boolean("is_final").notNull(),
    rows: bigint("rows", { mode: "number" }).notNull(),
    /** Rows that restate other rows (split cost allocation), kept out of every total. */
    splitRows: bigint("split_rows", { mode: "number" }).notNull(),
    unblendedCost: exactColumn("unblended_cost").notNull(),
    amortizedCost: exactColumn("amortized_cost").notNull(),
    netUnblendedCost: exactColumn("net_unblended_cost").notNull(),
    netAmortizedCost: exactColumn("net_amortized_cost").notNull(),
    upfrontPurchase: exactColumn("upfront_purchase").notNull(),
    amortizedUpfront: exactColumn("amortized_upfront").notNull(),
    /** Rows with a cost that carry no net cost: above zero, a net basis is refused. */
    rowsWithoutNet: bigint("rows_without_net", { mode: "number" }).notNull(),
    /** Rows with a cost and no invoice id. */
    rowsWithoutInvoice: bigint("rows_without_invoice", { mode: "number" }).notNull(),
    payers: jsonb("payers").$type<readonly string[]>().notNull(),
    /** Digest of the raw files and the period: the same digest is the same delivery. */
    digest: varchar("digest", { length: 80 }).notNull(),
    rawFiles: jsonb("raw_files").$type<readonly RawFile[]>().notNull(),
    columnarFiles: jsonb("columnar_files").$type<readonly ColumnarFile[]>().notNull(),
    /** Digest of the daily groups that cost_daily was given. */
    dailyDigest: varchar("daily_digest", { length: 80 }).notNull(),
    /** Version of the cost policy that it was checked under. */
    policyVersion: integer("policy_version").notNull().default(0),
    supersededBy: deliveryColumn("superseded_by"),
    createdAt: instantColumn("created_at").notNull(),
    activatedAt: instantColumn("activated_at"),
  },
  (table) => [
    index("cur_delivery_period").on(table.period, table.status),
    index("cur_delivery_digest").on(table.digest),
  ],
);

/**
 * What is derived from the lines of each active delivery: one row per day and everything that a rule may select by.
 * Rows that restate others (split cost allocation) are not in it. Rows of a superseded delivery are removed; they can be derived again.
 */
export const costDaily = pgTable(
  "cost_daily",
  {
    deliveryId: deliveryColumn().notNull(),
    /** Number of the group in the delivery, from 1 in the order of its key: the same bytes give the same numbers. */
    groupNo: integer("group_no").notNull(),
    period: monthColumn("period").notNull(),
    usageDate: dayColumn("usage_date").notNull(),
    /** As it came; whether the tenant is known is decided by the allocation. */
    tenantTag: text("tenant_tag"),
    tagState: varchar("tag_state", { length: 8 }).$type<TagState>().notNull(),
    planTag: text("plan_tag"),
    component: text("component"),
    /** Product code (FOCUS: service name). */
    service: text("service").notNull(),
    usageType: text("usage_type").notNull(),
    lineItemType: text("line_item_type").notNull(),
    account: text("account").notNull(),
    region: text("region").notNull(),
    payer: text("payer").notNull(),
    billingEntity: text("billing_entity").notNull(),
    /** "AWS", or the other provider's name in FOCUS. */
    provider: text("provider").notNull(),
    /** A Savings Plan upfront fee, or a fee with a reservation ARN: timing, never a tenant's. */
    isUpfront: boolean("is_upfront").notNull(),
    usageAmount: exactColumn("usage_amount").notNull(),
    unblendedCost: exactColumn("unblended_cost").notNull(),
    amortizedCost: exactColumn("amortized_cost").notNull(),
    netUnblendedCost: exactColumn("net_unblended_cost").notNull(),
    netAmortizedCost: exactColumn("net_amortized_cost").notNull(),
    /** Upfront purchases and the amortised upfront commitment, from AWS's columns: the two other terms of the identity. */
    upfrontPurchase: exactColumn("upfront_purchase").notNull(),
    amortizedUpfront: exactColumn("amortized_upfront").notNull(),
    rowCount: bigint("row_count", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.deliveryId, table.groupNo] }),
    index("cost_daily_period").on(table.period, table.usageDate),
    index("cost_daily_tenant").on(table.tenantTag, table.period),
  ],
);

/**
 * The daily cost of an active delivery without its days, in which an allocation reads a thirtieth of the rows. Written when the delivery takes
 * effect and removed with its daily cost; a verification goes back to the days.
 */
export const costPeriod = pgTable(
  "cost_period",
  {
    deliveryId: deliveryColumn().notNull(),
    groupNo: integer("group_no").notNull(),
    tenantTag: text("tenant_tag"),
    component: text("component"),
    service: text("service").notNull(),
    usageType: text("usage_type").notNull(),
    lineItemType: text("line_item_type").notNull(),
    account: text("account").notNull(),
    region: text("region").notNull(),
    provider: text("provider").notNull(),
    billingEntity: text("billing_entity").notNull().default("AWS"),
    isUpfront: boolean("is_upfront").notNull(),
    unblendedCost: exactColumn("unblended_cost").notNull(),
    amortizedCost: exactColumn("amortized_cost").notNull(),
    netUnblendedCost: exactColumn("net_unblended_cost").notNull(),
    netAmortizedCost: exactColumn("net_amortized_cost").notNull(),
    rowCount: bigint("row_count", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.groupNo] })],
);

/** What was odd about a delivery, with its place. */
export const curFinding = pgTable(
  "cur_finding",
  {
    deliveryId: deliveryColumn().notNull(),
    findingNo: integer("finding_no").notNull(),
    code: varchar("code", { length: 64 }).notNull(),
    severity: varchar("severity", { length: 16 }).$type<FindingSeverity>().notNull(),
    file: text("file").notNull(),
    row: bigint("row", { mode: "number" }),
    column: text("column"),
    /** The line item type, payer, product or day that it is about. */
    subject: text("subject"),
    message: text("message").notNull(),
    /** Who let it pass, and why. */
    acceptedBy: varchar("accepted_by", { length: 128 }),
    acceptedAt: instantColumn("accepted_at"),
    acceptedReason: text("accepted_reason"),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.findingNo] })],
);

/** How a delivery differs from the one it replaced, in daily groups, Phase 1's table. */
export const factCostDelta = pgTable(
  "fact_cost_delta",
  {
    billPeriod: monthColumn("bill_period").notNull(),
    sourceDigest: varchar("source_digest", { length: 80 }).notNull(),
    changeType: varchar("change_type", { length: 8 }).$type<"new" | "update" | "delete">().notNull(),
    recordCount: bigint("record_count", { mode: "number" }).notNull(),
    /** Cash of the new groups less that of the old ones. */
    unblendedDelta: exactColumn("unblended_delta").notNull(),
    amortizedDelta: exactColumn("amortized_delta").notNull(),
    deliveryId: deliveryColumn().notNull(),
    replacedDeliveryId: deliveryColumn("replaced_delivery_id"),
    detectedAt: instantColumn("detected_at").notNull(),
    appliedAt: instantColumn("applied_at"),
  },
  (table) => [primaryKey({ columns: [table.billPeriod, table.sourceDigest, table.changeType] })],
);

/** What deliveries are held against: append-only, the highest version is in force. */
export const costPolicyVersion = pgTable("cost_policy_version", {
  version: integer("version").primaryKey(),
  policy: jsonb("policy").$type<CostPolicy>().notNull(),
  createdBy: varchar("created_by", { length: 128 }).notNull(),
  createdAt: instantColumn("created_at").notNull(),
});

/** Every delivery that a cost source was seen to hold, and what became of it. */
export const curDiscovery = pgTable(
  "cur_discovery",
  {
    source: varchar("source", { length: 1024 }).notNull(),
    /** Digest of what names the delivery in its source: its manifest's ids, or its folder and file. */
    deliveryKey: varchar("delivery_key", { length: 80 }).notNull(),
    /** Digest of its objects with their etags. */
    fingerprint: varchar("fingerprint", { length: 80 }).notNull(),
    /** What is imported together, in the order in which it arrived: a billing period, or one delivery. */
    groupKey: varchar("group_key", { length: 80 }).notNull(),
    name: text("name").notNull(),
    report: text("report"),
    sourceDeliveryId: varchar("source_delivery_id", { length: 128 }),
    period: monthColumn("period"),
    state: varchar("state", { length: 16 }).$type<DiscoveryState>().notNull(),
    /** What it waits for, or why it failed. */
    reason: text("reason"),
    /** Its place among the deliveries of its group: later ones sort behind. */
    arrivalOrder: varchar("arrival_order", { length: 64 }).notNull(),
    manifests: jsonb("manifests").$type<readonly DiscoveredObject[]>().notNull(),
    objects: jsonb("objects").$type<readonly DiscoveredObject[]>().notNull(),
    deliveryIds: jsonb("delivery_ids").$type<readonly DeliveryId[]>().notNull(),
    foundAt: instantColumn("found_at").notNull(),
    checkedAt: instantColumn("checked_at").notNull(),
    importedAt: instantColumn("imported_at"),
  },
  (table) => [primaryKey({ columns: [table.source, table.deliveryKey] }), index("cur_discovery_state").on(table.state)],
);
