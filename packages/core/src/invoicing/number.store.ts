import { sql } from "drizzle-orm";
import { unreachable } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { LegalEntity } from "../tenants/index.ts";
import type { Day } from "../time/index.ts";
import { documentNumber } from "./invoicing.sql.ts";
import { type DocumentType, fiscalYearOf, localDay, numberText } from "./number.ts";

export interface TakenNumber {
  readonly number: string;
  readonly fiscalYear: number;
  /** The entity's own day, or the day of the number before where that is later: dates never fall as numbers rise. */
  readonly issueDate: Day;
}

/**
 * Takes the next number of a legal entity, document type and fiscal year. The row stays locked until the transaction ends, and a
 * transaction that fails gives the number back: no gap, no number twice.
 */
export const takeNumber = async (
  tx: Tx,
  entity: LegalEntity,
  documentType: DocumentType,
  now: Date,
): Promise<TakenNumber> => {
  const today = localDay(now, entity.timeZone);
  const fiscalYear = fiscalYearOf(today, entity.fiscalYearStartMonth);
  const [row] = await tx
    .insert(documentNumber)
    .values({ entityId: entity.entityId, documentType, fiscalYear, lastNumber: 1, lastDate: today })
    .onConflictDoUpdate({
      target: [documentNumber.entityId, documentNumber.documentType, documentNumber.fiscalYear],
      set: {
        lastNumber: sql`${documentNumber.lastNumber} + 1`,
        lastDate: sql`greatest(${documentNumber.lastDate}, excluded.last_date)`,
      },
    })
    .returning();
  if (!row) return unreachable(`no number for ${entity.entityId}`);
  return {
    number: numberText(entity.numberPrefix, documentType, fiscalYear, row.lastNumber),
    fiscalYear,
    issueDate: row.lastDate,
  };
};
