import { and, eq, gt, inArray, sql } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { journalEntry, journalLine } from "./ledger.sql.ts";

/** What is posted for an event of some documents: the sum of its debits, and when. */
export const postingsOf = async (
  tx: Tx,
  of: { readonly documentType: string; readonly event: string; readonly documentIds: readonly string[] },
) => {
  if (of.documentIds.length === 0) return [];
  const rows = await tx
    .select({
      documentId: journalEntry.documentId,
      entryDate: journalEntry.entryDate,
      postedAt: journalEntry.createdAt,
      debits: sql<string>`coalesce(sum(${journalLine.amountUsdMinor}), 0)::text`,
    })
    .from(journalEntry)
    .leftJoin(journalLine, and(eq(journalLine.journalId, journalEntry.journalId), gt(journalLine.amountUsdMinor, 0n)))
    .where(
      and(
        eq(journalEntry.documentType, of.documentType),
        eq(journalEntry.event, of.event),
        inArray(journalEntry.documentId, [...of.documentIds]),
      ),
    )
    .groupBy(journalEntry.journalId);
  return rows.map(({ debits, ...row }) => ({ ...row, debitUsdMinor: BigInt(debits) }));
};
