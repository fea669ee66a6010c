import { bigserial, index, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { invoiceHeader } from "../invoicing/invoicing.sql.ts";
import {
  type ApprovalId,
  currencyColumn,
  dayColumn,
  exactColumn,
  instantColumn,
  type InvoiceId,
  minorColumn,
  type PaymentId,
  tenantColumn,
} from "../kernel/index.ts";
import { tenantMaster } from "../tenants/tenants.sql.ts";
import type { PaymentMethod, PaymentStatus } from "./payment.ts";

export const paymentTxn = pgTable(
  "payment_txn",
  {
    paymentId: text("payment_id").$type<PaymentId>().primaryKey(),
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .references(() => invoiceHeader.invoiceId),
    method: text("method").$type<PaymentMethod>().notNull(),
    provider: text("provider").notNull(),
    /** The provider's or bank's reference (UTR, transaction id); unique for ever per provider. */
    providerRef: text("provider_ref").notNull(),
    currency: currencyColumn("currency").notNull(),
    amountMinor: minorColumn("amount_minor").notNull(),
    amountUsd: exactColumn("amount_usd").notNull(),
    status: text("status").$type<PaymentStatus>().notNull(),
    receivedOn: dayColumn("received_on").notNull(),
    recordedBy: text("recorded_by").notNull(),
    /** The request that a manual payment waits for, or was decided by. */
    approvalId: text("approval_id").$type<ApprovalId>(),
    failureReason: text("failure_reason"),
    createdAt: instantColumn("created_at").notNull(),
    confirmedAt: instantColumn("confirmed_at"),
  },
  (table) => [
    uniqueIndex("payment_provider_ref").on(table.provider, table.providerRef),
    index("payment_invoice").on(table.invoiceId),
    index("payment_received").on(table.receivedOn, table.status),
  ],
);

/** Which payment paid what of which invoice; the rest of a payment is credit balance. */
export const paymentApplication = pgTable(
  "payment_application",
  {
    id: bigserial("id", { mode: "bigint" }).primaryKey(),
    paymentId: text("payment_id")
      .$type<PaymentId>()
      .notNull()
      .references(() => paymentTxn.paymentId),
    invoiceId: text("invoice_id")
      .$type<InvoiceId>()
      .notNull()
      .references(() => invoiceHeader.invoiceId),
    tenantId: tenantColumn().notNull(),
    amountMinor: minorColumn("amount_minor").notNull(),
    appliedAt: instantColumn("applied_at").notNull(),
  },
  (table) => [
    uniqueIndex("payment_application_once").on(table.paymentId, table.invoiceId),
    index("payment_application_invoice").on(table.invoiceId),
  ],
);

/** Money of a tenant that no invoice has used yet (overpayment). */
export const creditBalance = pgTable(
  "credit_balance",
  {
    creditId: text("credit_id").primaryKey(),
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    kind: text("kind").$type<"overpayment" | "purchased" | "credit_note">().notNull(),
    sourceId: text("source_id").notNull(),
    currency: currencyColumn("currency").notNull(),
    amountMinor: minorColumn("amount_minor").notNull(),
    remainingMinor: minorColumn("remaining_minor").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [uniqueIndex("credit_balance_source").on(table.kind, table.sourceId)],
);
