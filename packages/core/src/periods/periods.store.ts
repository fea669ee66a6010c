import { and, asc, desc, eq, ne } from "drizzle-orm";
import type { Json } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { billingPeriod, periodVerdict } from "./periods.sql.ts";

export type PeriodState = "open" | "closing" | "closed";
export type Verdict = "ok" | "warning" | "failed" | "not_applicable";

/** The state of a period; one that nobody has touched is open. */
export const periodState = async (tx: Tx, month: Month): Promise<PeriodState> => {
  const [row] = await tx.select().from(billingPeriod).where(eq(billingPeriod.period, month));
  return row?.state ?? "open";
};

/** Makes a period known; it starts open. */
export const openPeriod = async (tx: Tx, month: Month, now: Date): Promise<void> => {
  await tx
    .insert(billingPeriod)
    .values({ period: month, state: "open", createdAt: now, changedAt: now })
    .onConflictDoNothing();
};

/** Closes a period; one that is closed stays so. Answers whether it was open. */
export const closePeriodState = async (tx: Tx, month: Month, now: Date): Promise<boolean> => {
  await openPeriod(tx, month, now);
  const changed = await tx
    .update(billingPeriod)
    .set({ state: "closed", changedAt: now })
    .where(and(eq(billingPeriod.period, month), ne(billingPeriod.state, "closed")))
    .returning({ period: billingPeriod.period });
  return changed.length === 1;
};

export const listPeriods = (tx: Tx) => tx.select().from(billingPeriod).orderBy(desc(billingPeriod.period));

/** Writes what a check found; the last word counts. */
export const saveVerdict = async (
  tx: Tx,
  verdict: {
    readonly month: Month;
    readonly checkName: string;
    readonly verdict: Verdict;
    readonly detail: Json;
    readonly now: Date;
  },
): Promise<void> => {
  const { month, now, ...rest } = verdict;
  await tx
    .insert(periodVerdict)
    .values({ period: month, decidedAt: now, ...rest })
    .onConflictDoUpdate({
      target: [periodVerdict.period, periodVerdict.checkName],
      set: { verdict: rest.verdict, detail: rest.detail, decidedAt: now },
    });
};

/** Everything that was found about a period, by check. */
export const periodVerdicts = (tx: Tx, month: Month) =>
  tx.select().from(periodVerdict).where(eq(periodVerdict.period, month)).orderBy(asc(periodVerdict.checkName));
