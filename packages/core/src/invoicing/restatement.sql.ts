import { integer, jsonb, pgTable, primaryKey, text, uniqueIndex, varchar } from "drizzle-orm/pg-core";
import { allocationRun } from "../allocation/allocation.sql.ts";
import {
  currencyColumn,
  dayColumn,
  exactColumn,
  instantColumn,
  type InvoiceId,
  type RunId,
  tenantColumn,
} from "../kernel/index.ts";
import type { RestatedLine } from "./adjustment-line.ts";
import { invoiceHeader } from "./invoicing.sql.ts";

const runColumn = (name: string) =>
  varchar(name, { length: 64 })
    .$type<RunId>()
    .notNull()
    .references(() => allocationRun.runId);

/** A billed period's invoices held against an allocation that was made after they were issued. Append-only. */
export const restatement = pgTable(
  "restatement",
  {
    restatementId: text("restatement_id").primaryKey(),
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    currency: currencyColumn("currency").notNull(),
    /** The allocation that counts now, and the one that the period was billed with first. */
    runId: runColumn("run_id"),
    baselineRunId: runColumn("baseline_run_id"),
    allocationDigest: varchar("allocation_digest", { length: 80 }).notNull(),
    deliveryDigest: varchar("delivery_digest", { length: 80 }).notNull(),
    policyVersion: integer("policy_version").notNull(),
    invoices: integer("invoices").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [uniqueIndex("restatement_run").on(table.runId)],
);

/**
 * The lines that a restatement changes: what was billed is taken back (`reversal`), what should have been is put in its place
 * (`restated`), each pointing to the line of an issued invoice that it corrects. Nothing that was issued is edited. Append-only.
 */
export const restatementRow = pgTable(
  "restatement_row",
  {
    restatementId: text("restatement_id")
      .notNull()
      .references(() => restatement.restatementId),
    rowNo: integer("row_no").notNull(),
    tenantId: tenantColumn().notNull(),
    kind: text("kind").$type<"reversal" | "restated">().notNull(),
    /** The invoice that is restated. */
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .notNull()
      .references(() => invoiceHeader.invoiceId),
    lineId: text("line_id").notNull(),
    /** The issued line that is taken back: of the invoice itself, or of a correction on a later one. Null for what is put in its place. */
    correctsInvoiceId: text("corrects_invoice_id").$type<InvoiceId>(),
    correctsLineNo: integer("corrects_line_no"),
    amountUsd: exactColumn("amount_usd").notNull(),
    costUsd: exactColumn("cost_usd").notNull(),
    /** The whole line, where it is put in place of others. */
    line: jsonb("line").$type<RestatedLine>(),
  },
  (table) => [primaryKey({ columns: [table.restatementId, table.rowNo] })],
);
