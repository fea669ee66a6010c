import { bigserial, boolean, index, integer, pgTable, text, uniqueIndex, varchar } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { dayColumn, exactColumn, instantColumn, tenantColumn } from "../kernel/index.ts";
import { tenantMaster } from "../tenants/tenants.sql.ts";

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
    utilization: exactColumn("utilization"),
    quotaEvent: text("quota_event"),
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
