import { and, asc, desc, eq, gt, inArray, sql } from "drizzle-orm";
import { type ExceptionId, missing, type ReconId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { type Month, monthPeriod } from "../time/index.ts";
import type { CheckName } from "./check.ts";
import type { ExceptionPlan, ExceptionStatus } from "./exception.ts";
import { reconExceptions, reconSummary } from "./reconciliation.sql.ts";

export type StoredReconciliation = typeof reconSummary.$inferSelect;
export type StoredException = typeof reconExceptions.$inferSelect;

/** Makes other reconciliations of the same period wait until this transaction ends. */
export const lockReconciliation = async (tx: Tx, month: Month): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`reconciliation/${month}`}, 0))`);
};

/** The newest reconciliation of a period: the one that counts. */
export const latestReconciliation = async (tx: Tx, month: Month): Promise<StoredReconciliation | undefined> => {
  const [row] = await tx
    .select()
    .from(reconSummary)
    .where(eq(reconSummary.periodStart, monthPeriod(month).start))
    .orderBy(desc(reconSummary.createdAt), desc(reconSummary.reconId))
    .limit(1);
  return row;
};

export const insertReconciliation = async (tx: Tx, row: typeof reconSummary.$inferInsert): Promise<void> => {
  await tx.insert(reconSummary).values(row);
};

/** Every exception of a period, resolved ones included. */
export const exceptionsOf = (tx: Tx, month: Month): Promise<StoredException[]> =>
  tx.select().from(reconExceptions).where(eq(reconExceptions.period, month)).orderBy(asc(reconExceptions.exceptionId));

/** Keys of what a check found in a period and nobody resolved or accepted. */
export const openKeys = async (tx: Tx, month: Month, check: CheckName): Promise<string[]> => {
  const rows = await tx
    .select({ key: reconExceptions.findingKey })
    .from(reconExceptions)
    .where(
      and(eq(reconExceptions.period, month), eq(reconExceptions.checkName, check), eq(reconExceptions.status, "open")),
    )
    .orderBy(asc(reconExceptions.findingKey));
  return rows.map((row) => row.key);
};

/** Writes what a run does to the exceptions of its period. */
export const saveExceptions = async (
  tx: Tx,
  plan: ExceptionPlan,
  by: { readonly reconId: ReconId; readonly month: Month; readonly now: Date; readonly newId: () => ExceptionId },
): Promise<void> => {
  const { reconId, now } = by;
  if (plan.added.length > 0)
    await tx.insert(reconExceptions).values(
      plan.added.map(({ key, check, ...finding }) => ({
        ...finding,
        exceptionId: by.newId(),
        reconId,
        period: by.month,
        checkName: check,
        findingKey: key,
        status: "open" as const,
        createdAt: now,
        updatedAt: now,
      })),
    );
  for (const { exceptionId, finding, isReopened } of plan.foundAgain)
    await tx
      .update(reconExceptions)
      .set({
        reconId,
        description: finding.description,
        variancePct: finding.variancePct,
        evidence: finding.evidence,
        ...(isReopened ? { status: "open" as const, resolution: null, owner: null } : {}),
        updatedAt: now,
      })
      .where(eq(reconExceptions.exceptionId, exceptionId));
  if (plan.gone.length > 0)
    await tx
      .update(reconExceptions)
      .set({ status: "resolved", resolution: `not found any more by ${reconId}`, reconId, updatedAt: now })
      .where(inArray(reconExceptions.exceptionId, [...plan.gone]));
};

/** The exception, locked until the transaction ends; throws a missing Problem. */
export const lockException = async (tx: Tx, exceptionId: ExceptionId): Promise<StoredException> => {
  const [row] = await tx
    .select()
    .from(reconExceptions)
    .where(eq(reconExceptions.exceptionId, exceptionId))
    .for("update");
  if (!row) throw missing("exception", exceptionId);
  return row;
};

export const closeException = async (
  tx: Tx,
  exceptionId: ExceptionId,
  change: Pick<StoredException, "status" | "resolution" | "owner" | "updatedAt">,
): Promise<void> => {
  await tx.update(reconExceptions).set(change).where(eq(reconExceptions.exceptionId, exceptionId));
};

/** Exceptions in the order in which they were found first. */
export const selectExceptions = (
  tx: Tx,
  filter: {
    readonly period?: Month | undefined;
    readonly status?: ExceptionStatus | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<StoredException[]> =>
  tx
    .select()
    .from(reconExceptions)
    .where(
      and(
        filter.period === undefined ? undefined : eq(reconExceptions.period, filter.period),
        filter.status === undefined ? undefined : eq(reconExceptions.status, filter.status),
        filter.after === undefined ? undefined : gt(reconExceptions.exceptionId, filter.after as ExceptionId),
      ),
    )
    .orderBy(asc(reconExceptions.exceptionId))
    .limit(filter.limit);

/** How many exceptions of a period (of all when left out) are open, and since when. */
export const countExceptions = async (
  tx: Tx,
  of: { readonly period?: Month | undefined } = {},
): Promise<{ readonly count: number; readonly oldest: Date | null }> => {
  const [row] = await tx
    .select({
      count: sql<number>`count(*)`.mapWith(Number),
      oldest: sql<Date | null>`min(${reconExceptions.createdAt})`.mapWith(reconExceptions.createdAt),
    })
    .from(reconExceptions)
    .where(
      and(
        eq(reconExceptions.status, "open"),
        of.period === undefined ? undefined : eq(reconExceptions.period, of.period),
      ),
    );
  return { count: row?.count ?? 0, oldest: row?.oldest ?? null };
};
