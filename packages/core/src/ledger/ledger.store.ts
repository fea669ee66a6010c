import { and, asc, eq, sql } from "drizzle-orm";
import { type JournalId, missing, precondition } from "../kernel/index.ts";
import type { Database, Tx } from "../ports/index.ts";
import type { AccountType } from "./accounts.ts";
import type { Entry, EntryLine } from "./entry.ts";
import { journalEntry, journalLine, ledgerAccount } from "./ledger.sql.ts";

/** An entry is named by its document and what happened to it. */
export interface EntryEvent {
  readonly documentType: string;
  readonly documentId: string;
  readonly event: string;
}

const ofEvent = (event: EntryEvent) =>
  and(
    eq(journalEntry.documentType, event.documentType),
    eq(journalEntry.documentId, event.documentId),
    eq(journalEntry.event, event.event),
  );

/** A posted entry; undefined where nothing was posted for the event. */
export const findEntry = async (
  tx: Tx,
  event: EntryEvent,
): Promise<{ journalId: JournalId; entry: Entry } | undefined> => {
  const [head] = await tx.select().from(journalEntry).where(ofEvent(event));
  if (!head) return undefined;
  const rows = await tx
    .select()
    .from(journalLine)
    .innerJoin(ledgerAccount, eq(ledgerAccount.accountCode, journalLine.accountCode))
    .where(eq(journalLine.journalId, head.journalId))
    .orderBy(asc(journalLine.lineNo));
  const lines = rows.map(({ journal_line: line, ledger_account: account }): EntryLine => ({
    account: { code: account.accountCode, name: account.name, type: account.type },
    usdMinor: line.amountUsdMinor,
    minor: line.amountMinor,
    tenantId: line.tenantId,
    skuFamily: line.skuFamily,
  }));
  const currency = rows[0]?.journal_line.currency ?? "USD";
  const { documentType, documentId, entryDate, description, reverses } = head;
  return {
    journalId: head.journalId,
    entry: { documentType, documentId, event: head.event, entryDate, description, currency, lines, reverses },
  };
};

/** A posted entry; throws a missing Problem. */
export const readEntry = async (tx: Tx, event: EntryEvent): Promise<{ journalId: JournalId; entry: Entry }> => {
  const found = await findEntry(tx, event);
  if (!found) throw missing("journal entry", `${event.documentType} ${event.documentId} ${event.event}`);
  return found;
};

const sameLines = (a: Entry, b: Entry): boolean =>
  a.currency === b.currency &&
  a.lines.length === b.lines.length &&
  a.lines.every((line, index) => {
    const other = b.lines[index];
    return (
      other?.account.code === line.account.code &&
      other.usdMinor === line.usdMinor &&
      other.minor === line.minor &&
      other.tenantId === line.tenantId &&
      other.skuFamily === line.skuFamily
    );
  });

/** Accounts come to be with their first posting; the chart says what they are. */
const ensureAccounts = async (tx: Tx, entry: Entry): Promise<void> => {
  const accounts = new Map(entry.lines.map(({ account }) => [account.code, account]));
  await tx
    .insert(ledgerAccount)
    .values([...accounts.values()].map(({ code, name, type }) => ({ accountCode: code, name, type })))
    .onConflictDoNothing();
};

/**
 * Posts an entry once for its document and event: posting it again answers with the first one. Throws a precondition Problem when
 * the event was posted with other lines.
 */
export const postEntry = async (
  tx: Tx,
  entry: Entry,
  by: { readonly journalId: JournalId; readonly now: Date },
): Promise<{ readonly journalId: JournalId; readonly isNew: boolean }> => {
  const { lines, currency, ...head } = entry;
  const [inserted] = await tx
    .insert(journalEntry)
    .values({ ...head, journalId: by.journalId, createdAt: by.now })
    .onConflictDoNothing({ target: [journalEntry.documentType, journalEntry.documentId, journalEntry.event] })
    .returning();
  if (!inserted) {
    const before = await readEntry(tx, entry);
    if (sameLines(before.entry, entry)) return { journalId: before.journalId, isNew: false };
    throw precondition(
      `${entry.documentType} ${entry.documentId} was posted for ${entry.event} with other lines (${before.journalId}). Reverse that entry instead.`,
    );
  }
  if (lines.length === 0) return { journalId: by.journalId, isNew: true };
  await ensureAccounts(tx, entry);
  await tx.insert(journalLine).values(
    lines.map((line, index) => ({
      journalId: by.journalId,
      lineNo: index + 1,
      accountCode: line.account.code,
      amountUsdMinor: line.usdMinor,
      currency,
      amountMinor: line.minor,
      tenantId: line.tenantId,
      skuFamily: line.skuFamily,
    })),
  );
  return { journalId: by.journalId, isNew: true };
};

export interface AccountBalance {
  readonly accountCode: string;
  readonly name: string;
  readonly type: AccountType;
  /** US cents, as decimal text. */
  readonly debit: string;
  readonly credit: string;
}

/** Debits and credits of every account with a posting, up to and with a day. */
export const selectBalances = (tx: Tx, rows: Database["rows"], until: string | undefined): Promise<AccountBalance[]> =>
  rows<AccountBalance>(
    tx,
    sql`select account.account_code as "accountCode", account.name, account.type,
               coalesce(sum(line.amount_usd_minor) filter (where line.amount_usd_minor > 0), 0)::text as debit,
               coalesce(-sum(line.amount_usd_minor) filter (where line.amount_usd_minor < 0), 0)::text as credit
        from journal_line line
        join journal_entry entry on entry.journal_id = line.journal_id
        join ledger_account account on account.account_code = line.account_code
        where ${until ?? null}::date is null or entry.entry_date <= ${until ?? null}::date
        group by account.account_code, account.name, account.type
        order by account.account_code`,
  );
