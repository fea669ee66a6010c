import { char, index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import {
  currencyColumn,
  dayColumn,
  exactColumn,
  type ExceptionId,
  instantColumn,
  type Json,
  type ReconId,
  tenantColumn,
} from "../kernel/index.ts";
import type { Month } from "../time/index.ts";
import type { CheckName, ExceptionCategory } from "./check.ts";
import type { ExceptionStatus } from "./exception.ts";

/** One reconciliation run over a period; the newest one of a period is the one that counts. Append-only. */
export const reconSummary = pgTable(
  "recon_summary",
  {
    reconId: text("recon_id").$type<ReconId>().primaryKey(),
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    basis: text("basis").notNull(),
    currency: currencyColumn("currency").notNull(),
    awsTotalUsd: exactColumn("aws_total_usd").notNull(),
    allocatedTotalUsd: exactColumn("allocated_total_usd").notNull(),
    operatorOverheadUsd: exactColumn("operator_overhead_usd").notNull(),
    invoicedTotalUsd: exactColumn("invoiced_total_usd").notNull(),
    marginTotalUsd: exactColumn("margin_total_usd").notNull(),
    varianceUsd: exactColumn("variance_usd").notNull(),
    variancePct: exactColumn("variance_pct").notNull(),
    status: text("status").$type<"ok" | "warning" | "failed">().notNull(),
    policyVersion: integer("policy_version").notNull(),
    /** Every check with its figures, threshold and verdict. */
    checks: jsonb("checks").$type<Json>().notNull(),
    inputsDigest: text("inputs_digest").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [index("recon_period").on(table.periodStart, table.createdAt)],
);

export const reconExceptions = pgTable(
  "recon_exceptions",
  {
    exceptionId: text("exception_id").$type<ExceptionId>().primaryKey(),
    reconId: text("recon_id")
      .$type<ReconId>()
      .notNull()
      .references(() => reconSummary.reconId),
    period: char("period", { length: 7 }).$type<Month>().notNull(),
    checkName: text("check_name").$type<CheckName>().notNull(),
    /** The same finding of a period in the next run updates this row instead of adding one. */
    findingKey: text("finding_key").notNull(),
    tenantId: tenantColumn(),
    category: text("category").$type<ExceptionCategory>().notNull(),
    description: text("description").notNull(),
    variancePct: exactColumn("variance_pct"),
    status: text("status").$type<ExceptionStatus>().notNull(),
    owner: text("owner"),
    resolution: text("resolution"),
    evidence: jsonb("evidence").$type<Json>().notNull(),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("recon_exception_finding").on(table.period, table.findingKey),
    index("recon_exception_status").on(table.status),
  ],
);
