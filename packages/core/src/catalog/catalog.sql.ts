import { integer, jsonb, pgTable, primaryKey, text, varchar } from "drizzle-orm/pg-core";
import { currencyColumn, dayColumn, exactColumn, instantColumn, type Json } from "../kernel/index.ts";

/** The current version of every plan (Phase 1). */
export const planMaster = pgTable("plan_master", {
  planCode: varchar("plan_code", { length: 64 }).primaryKey(),
  planFamily: text("plan_family").notNull(),
  version: text("version").notNull(),
  currency: currencyColumn("currency").notNull(),
  basePriceUsd: exactColumn("base_price_usd").notNull(),
  baseSeats: integer("base_seats").notNull(),
  metadata: jsonb("metadata").$type<Json>().notNull(),
  effectiveFrom: dayColumn("effective_from").notNull(),
  effectiveTo: dayColumn("effective_to"),
  createdAt: instantColumn("created_at").notNull(),
  updatedAt: instantColumn("updated_at").notNull(),
});

/** Every published plan version, whole and immutable: an invoice names the one it was rated with. */
export const planVersion = pgTable(
  "plan_version",
  {
    planCode: varchar("plan_code", { length: 64 })
      .notNull()
      .references(() => planMaster.planCode),
    version: text("version").notNull(),
    definition: jsonb("definition").$type<Json>().notNull(),
    digest: text("digest").notNull(),
    publishedAt: instantColumn("published_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.planCode, table.version] })],
);

/** Caps of the current version (Phase 1). */
export const planMetricMap = pgTable(
  "plan_metric_map",
  {
    planCode: varchar("plan_code", { length: 64 })
      .notNull()
      .references(() => planMaster.planCode),
    metricCode: varchar("metric_code", { length: 64 }).notNull(),
    capValue: exactColumn("cap_value").notNull(),
    threshold80: exactColumn("threshold_80").notNull(),
    threshold95: exactColumn("threshold_95").notNull(),
    threshold100: exactColumn("threshold_100").notNull(),
    unit: text("unit").notNull(),
    notes: text("notes"),
  },
  (table) => [primaryKey({ columns: [table.planCode, table.metricCode] })],
);
