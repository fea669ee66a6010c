import { sql } from "drizzle-orm";
import { bigserial, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, varchar } from "drizzle-orm/pg-core";
import {
  currencyColumn,
  dayColumn,
  exactColumn,
  instantColumn,
  type InvoiceId,
  type Json,
  minorColumn,
  tenantColumn,
} from "../kernel/index.ts";
import { legalEntity, tenantMaster } from "../tenants/tenants.sql.ts";
import type { InvoiceKind, InvoiceStatus } from "./invoice.ts";
import type { MailAttachment } from "./mail.ts";

export const invoiceHeader = pgTable(
  "invoice_header",
  {
    invoiceId: text("invoice_id").$type<InvoiceId>().primaryKey(),
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    entityId: varchar("entity_id", { length: 32 })
      .notNull()
      .references(() => legalEntity.entityId),
    kind: text("kind").$type<InvoiceKind>().notNull(),
    periodStart: dayColumn("period_start").notNull(),
    periodEnd: dayColumn("period_end").notNull(),
    status: text("status").$type<InvoiceStatus>().notNull(),
    currency: currencyColumn("currency").notNull(),
    grossMinor: minorColumn("gross_minor").notNull(),
    discountMinor: minorColumn("discount_minor").notNull(),
    subtotalMinor: minorColumn("subtotal_minor").notNull(),
    taxMinor: minorColumn("tax_minor").notNull(),
    totalMinor: minorColumn("total_minor").notNull(),
    paidMinor: minorColumn("paid_minor").notNull(),
    subtotalUsd: exactColumn("subtotal_usd").notNull(),
    taxUsd: exactColumn("tax_usd").notNull(),
    totalUsd: exactColumn("total_usd").notNull(),
    /** The whole draft as plain data: lines, rates, versions, tax, buyer, dates, inputs. Its digest is what an approver approves. */
    document: jsonb("document").$type<Json>().notNull(),
    digest: text("digest").notNull(),
    /** Counts the drafts of this invoice; goes up when the draft is made again. */
    draftRevision: integer("draft_revision").notNull(),
    /** Users who drafted or changed it. */
    preparedBy: jsonb("prepared_by").$type<readonly string[]>().notNull(),
    comparison: jsonb("comparison").$type<Json>().notNull(),
    sentBackReason: text("sent_back_reason"),
    documentNumber: text("document_number"),
    fiscalYear: integer("fiscal_year"),
    issueDate: dayColumn("issue_date"),
    dueDate: dayColumn("due_date"),
    pdfDigest: text("pdf_digest"),
    createdAt: instantColumn("created_at").notNull(),
    issuedAt: instantColumn("issued_at"),
    paidAt: instantColumn("paid_at"),
    updatedAt: instantColumn("updated_at").notNull(),
    /** Compared and set by every change: two changes of one state cannot both win. */
    lockVersion: integer("lock_version").notNull(),
  },
  (table) => [
    uniqueIndex("invoice_one_live")
      .on(table.tenantId, table.periodStart, table.periodEnd, table.kind)
      .where(sql`status not in ('cancelled', 'discarded')`),
    uniqueIndex("invoice_number").on(table.entityId, table.documentNumber),
    index("invoice_period").on(table.periodStart, table.status),
  ],
);

export const invoiceDetail = pgTable(
  "invoice_detail",
  {
    id: bigserial("id", { mode: "bigint" }).primaryKey(),
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .notNull()
      .references(() => invoiceHeader.invoiceId),
    tenantId: tenantColumn().notNull(),
    lineNo: integer("line_no").notNull(),
    lineType: text("line_type").notNull(),
    skuCode: text("sku_code").notNull(),
    metricCode: text("metric_code"),
    title: text("title").notNull(),
    quantity: exactColumn("quantity").notNull(),
    unit: text("unit").notNull(),
    unitPriceUsd: exactColumn("unit_price_usd"),
    amountUsd: exactColumn("amount_usd").notNull(),
    amountMinor: minorColumn("amount_minor").notNull(),
    amountExact: exactColumn("amount_exact").notNull(),
    discountMinor: minorColumn("discount_minor").notNull(),
    /** Allocated cost that this line carries, in USD: margin = amount - cost. */
    costUsd: exactColumn("cost_usd").notNull(),
    steps: jsonb("steps").$type<Json>().notNull(),
    referenceIds: jsonb("reference_ids").$type<Json>().notNull(),
    serviceStart: dayColumn("service_start").notNull(),
    serviceEnd: dayColumn("service_end").notNull(),
    notes: text("notes"),
    /** The issued invoice that an adjustment line corrects. */
    adjustsInvoiceId: text("adjusts_invoice_id")
      .$type<InvoiceId>()
      .references(() => invoiceHeader.invoiceId),
    /** The line of it, from 1; null where it had none. */
    adjustsLineNo: integer("adjusts_line_no"),
  },
  (table) => [
    uniqueIndex("invoice_detail_line").on(table.invoiceId, table.lineNo),
    index("invoice_detail_adjusts").on(table.adjustsInvoiceId),
  ],
);

export const invoiceTax = pgTable(
  "invoice_tax",
  {
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .notNull()
      .references(() => invoiceHeader.invoiceId),
    tenantId: tenantColumn().notNull(),
    taxNo: integer("tax_no").notNull(),
    name: text("name").notNull(),
    jurisdiction: text("jurisdiction").notNull(),
    category: text("category").notNull(),
    ratePercent: exactColumn("rate_percent").notNull(),
    baseMinor: minorColumn("base_minor").notNull(),
    taxMinor: minorColumn("tax_minor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.invoiceId, table.taxNo] })],
);

/** The last number given out, per legal entity, document type and fiscal year: locked while a document is issued, so that no gap can appear. */
export const documentNumber = pgTable(
  "document_number",
  {
    entityId: varchar("entity_id", { length: 32 })
      .notNull()
      .references(() => legalEntity.entityId),
    documentType: text("document_type").notNull(),
    fiscalYear: integer("fiscal_year").notNull(),
    lastNumber: integer("last_number").notNull(),
    lastDate: dayColumn("last_date").notNull(),
  },
  (table) => [primaryKey({ columns: [table.entityId, table.documentType, table.fiscalYear] })],
);

/** Mail about an invoice, by its stable Message-ID. */
export const mailDelivery = pgTable(
  "mail_delivery",
  {
    messageId: text("message_id").primaryKey(),
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .notNull()
      .references(() => invoiceHeader.invoiceId),
    tenantId: tenantColumn().notNull(),
    recipients: jsonb("recipients").$type<Json>().notNull(),
    /** What it says, as it was queued and goes out; null in rows that are older than these columns. */
    subject: text("subject"),
    body: text("body"),
    attachments: jsonb("attachments").$type<readonly MailAttachment[]>(),
    state: text("state").$type<"queued" | "sent" | "refused">().notNull(),
    detail: text("detail"),
    queuedAt: instantColumn("queued_at").notNull(),
    changedAt: instantColumn("changed_at").notNull(),
  },
  (table) => [index("mail_delivery_invoice").on(table.invoiceId)],
);
