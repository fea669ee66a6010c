import { type AnyPgColumn, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import {
  currencyColumn,
  dayColumn,
  instantColumn,
  type JournalId,
  minorColumn,
  tenantColumn,
} from "../kernel/index.ts";
import type { AccountType } from "./accounts.ts";

export const ledgerAccount = pgTable("ledger_account", {
  accountCode: text("account_code").primaryKey(),
  name: text("name").notNull(),
  type: text("type").$type<AccountType>().notNull(),
});

/** One balanced entry for one event of one document. Never edited, only reversed. */
export const journalEntry = pgTable(
  "journal_entry",
  {
    journalId: text("journal_id").$type<JournalId>().primaryKey(),
    entryDate: dayColumn("entry_date").notNull(),
    documentType: text("document_type").notNull(),
    documentId: text("document_id").notNull(),
    /** What happened to the document: "issue", "payment", "write-off". */
    event: text("event").notNull(),
    description: text("description").notNull(),
    reverses: text("reverses")
      .$type<JournalId>()
      .references((): AnyPgColumn => journalEntry.journalId),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [uniqueIndex("journal_entry_event").on(table.documentType, table.documentId, table.event)],
);

/** Debits positive, credits negative, in US cents; the document's own currency beside them. */
export const journalLine = pgTable(
  "journal_line",
  {
    journalId: text("journal_id")
      .$type<JournalId>()
      .notNull()
      .references(() => journalEntry.journalId),
    lineNo: integer("line_no").notNull(),
    accountCode: text("account_code")
      .notNull()
      .references(() => ledgerAccount.accountCode),
    amountUsdMinor: minorColumn("amount_usd_minor").notNull(),
    currency: currencyColumn("currency").notNull(),
    amountMinor: minorColumn("amount_minor").notNull(),
    /** Whom the line is about; no row-level policy of its own, since only operators read the books. */
    tenantId: tenantColumn(),
    skuFamily: text("sku_family"),
  },
  (table) => [
    primaryKey({ columns: [table.journalId, table.lineNo] }),
    index("journal_line_account").on(table.accountCode),
  ],
);
