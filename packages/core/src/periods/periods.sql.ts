import { char, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instantColumn, type Json } from "../kernel/index.ts";

/** A calendar month of billing and its state. */
export const billingPeriod = pgTable("billing_period", {
  period: char("period", { length: 7 }).primaryKey(),
  state: text("state").$type<"open" | "closing" | "closed">().notNull(),
  createdAt: instantColumn("created_at").notNull(),
  changedAt: instantColumn("changed_at").notNull(),
});

/** What a later room found about a period; the earlier rooms read it as a gate and never import the judge. */
export const periodVerdict = pgTable(
  "period_verdict",
  {
    period: char("period", { length: 7 }).notNull(),
    checkName: text("check_name").notNull(),
    verdict: text("verdict").$type<"ok" | "warning" | "failed" | "not_applicable">().notNull(),
    detail: jsonb("detail").$type<Json>().notNull(),
    decidedAt: instantColumn("decided_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.period, table.checkName] })],
);
