import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instantColumn, tenantColumn } from "../kernel/index.ts";
import type { AlertId, AlertLevel, AlertRaised, AlertState } from "./alert.ts";

/** What somebody has to know; one row for what it is about, however often it is found. */
export const alert = pgTable(
  "alert",
  {
    alertId: text("alert_id").$type<AlertId>().primaryKey(),
    key: text("alert_key").notNull().unique(),
    source: text("source").notNull(),
    level: text("level").$type<AlertLevel>().notNull(),
    tenantId: tenantColumn(),
    message: text("message").notNull(),
    evidence: jsonb("evidence").$type<AlertRaised["evidence"]>().notNull(),
    state: text("state").$type<AlertState>().notNull(),
    raisedAt: instantColumn("raised_at").notNull(),
    changedAt: instantColumn("changed_at").notNull(),
  },
  (table) => [index("alert_state").on(table.state, table.tenantId)],
);
