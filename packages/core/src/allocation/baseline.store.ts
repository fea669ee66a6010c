import { and, asc, eq, gte } from "drizzle-orm";
import type { RunId } from "../kernel/index.ts";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { type Day, type Month, monthOf, monthPeriod, type Period } from "../time/index.ts";
import { allocationBaseline } from "./allocation.sql.ts";
import { readRun } from "./allocation.store.ts";
import type { CostBasis } from "./plan.ts";

/** Makes a period a billed one: called in the transaction that issues an invoice. The first run stays. */
export const keepBaseline = async (tx: Tx, runId: RunId, now: Date): Promise<void> => {
  const run = await readRun(tx, runId);
  if (!run) return;
  const { periodStart, periodEnd, basis, currency } = run;
  await tx
    .insert(allocationBaseline)
    .values({ periodStart, periodEnd, basis, currency, runId: run.restatesRunId ?? runId, createdAt: now })
    .onConflictDoNothing();
};

/** The run whose rules and keys a billed period keeps; undefined before its first invoice. */
export const readBaseline = async (
  tx: Tx,
  of: { readonly period: Period; readonly basis: CostBasis; readonly currency: Currency },
): Promise<RunId | undefined> => {
  const [row] = await tx
    .select({ runId: allocationBaseline.runId })
    .from(allocationBaseline)
    .where(
      and(
        eq(allocationBaseline.periodStart, of.period.start),
        eq(allocationBaseline.periodEnd, of.period.end),
        eq(allocationBaseline.basis, of.basis),
        eq(allocationBaseline.currency, of.currency),
      ),
    );
  return row?.runId;
};

/** Billed months that start on a day or later, in their order. */
export const billedMonths = async (tx: Tx, from: Day): Promise<Month[]> => {
  const rows = await tx
    .selectDistinct({ start: allocationBaseline.periodStart })
    .from(allocationBaseline)
    .where(gte(allocationBaseline.periodStart, from))
    .orderBy(asc(allocationBaseline.periodStart));
  return rows.map((row) => monthOf(row.start));
};

/** Whether an invoice of a month was issued. */
export const isBilledMonth = async (tx: Tx, month: Month): Promise<boolean> => {
  const { start, end } = monthPeriod(month);
  const rows = await tx
    .select({ runId: allocationBaseline.runId })
    .from(allocationBaseline)
    .where(and(eq(allocationBaseline.periodStart, start), eq(allocationBaseline.periodEnd, end)))
    .limit(1);
  return rows.length > 0;
};
