import {
  bigserial,
  boolean,
  char,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  varchar,
} from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { dayColumn, exactColumn, instantColumn, tenantColumn } from "../kernel/index.ts";
import { tenantMaster } from "../tenants/tenants.sql.ts";
import type { Month } from "../time/index.ts";
import type { QuotaEvent } from "./quota.ts";

/** One tenant's value of one metric on one day. A correction is a new version that supersedes; both are kept. */
export const usageSnapshotDaily = pgTable(
  "usage_snapshot_daily",
  {
    id: bigserial("id", { mode: "bigint" }).primaryKey(),
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    metricCode: varchar("metric_code", { length: 64 }).notNull(),
    usageDate: dayColumn("usage_date").notNull(),
    version: integer("version").notNull(),
    isCurrent: boolean("is_current").notNull(),
    metricValue: exactColumn("metric_value").notNull(),
    capValue: exactColumn("cap_value"),
    /** The period's value over the cap, once this snapshot was in. */
    utilization: exactColumn("utilization"),
    /** The event that the period's value reached with this snapshot. */
    quotaEvent: text("quota_event").$type<QuotaEvent>(),
    ingestId: text("ingest_id").notNull(),
    lastUpdatedAt: instantColumn("last_updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("usage_snapshot_version").on(table.tenantId, table.metricCode, table.usageDate, table.version),
    uniqueIndex("usage_snapshot_current")
      .on(table.tenantId, table.metricCode, table.usageDate)
      .where(sql`is_current`),
    index("usage_snapshot_date").on(table.usageDate, table.metricCode),
  ],
);

/** A tenant's metric over a calendar month as it stands: what its current snapshots come to. Changes with them, in their transaction. */
export const usagePeriod = pgTable(
  "usage_period",
  {
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    metricCode: varchar("metric_code", { length: 64 }).notNull(),
    period: char("period", { length: 7 }).$type<Month>().notNull(),
    /** Aggregated as the metric says. */
    value: exactColumn("value").notNull(),
    /** Days that have a snapshot. */
    days: integer("days").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.period, table.tenantId, table.metricCode] })],
);

/** A quota that a tenant's metric reached in a period, with what it was then: each once. Append-only. */
export const quotaEvent = pgTable(
  "quota_event",
  {
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    metricCode: varchar("metric_code", { length: 64 }).notNull(),
    period: char("period", { length: 7 }).$type<Month>().notNull(),
    event: varchar("event", { length: 16 }).$type<QuotaEvent>().notNull(),
    value: exactColumn("value").notNull(),
    capValue: exactColumn("cap_value").notNull(),
    utilization: exactColumn("utilization").notNull(),
    ingestId: text("ingest_id").notNull(),
    raisedAt: instantColumn("raised_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.metricCode, table.period, table.event] })],
);
