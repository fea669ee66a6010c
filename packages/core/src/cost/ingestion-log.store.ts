import { randomUUID } from "node:crypto";
import { and, desc, eq, lt, notInArray } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { toFixed, exact, divide } from "../money/index.ts";
import { day, monthPeriod, type Month } from "../time/index.ts";
import { costDaily, curDelivery, curIngestionLog } from "./cost.sql.ts";

const DAY_MS = 86_400_000;

/** A run that is `started` for a day died: it is closed as failed, and what it had staged is removed. */
const sweepDeadRuns = async (tx: Tx, now: Date): Promise<void> => {
  const dead = await tx
    .update(curIngestionLog)
    .set({ status: "failed", errorLog: "the process ended before the import did; import again", finishedAt: now })
    .where(and(eq(curIngestionLog.status, "started"), lt(curIngestionLog.startedAt, new Date(now.getTime() - DAY_MS))))
    .returning({ runId: curIngestionLog.runId });
  if (dead.length > 0)
    await tx
      .delete(costDaily)
      .where(notInArray(costDaily.deliveryId, tx.select({ deliveryId: curDelivery.deliveryId }).from(curDelivery)));
};

/** Writes that an import began; a run that stays `started` was killed. */
export const logStart = async (
  tx: Tx,
  run: { readonly source: string; readonly executedBy: string; readonly now: Date },
): Promise<string> => {
  await sweepDeadRuns(tx, run.now);
  const runId = randomUUID();
  await tx.insert(curIngestionLog).values({
    runId,
    status: "started",
    source: run.source,
    executedBy: run.executedBy,
    startedAt: run.now,
  });
  return runId;
};

const secondsBetween = (from: Date, to: Date): string =>
  toFixed(divide(exact(to.getTime() - from.getTime()), exact("1000")), 3);

export const logEnd = async (
  tx: Tx,
  runId: string,
  end: {
    readonly startedAt: Date;
    readonly now: Date;
    readonly periods?: readonly Month[];
    readonly rows?: number;
    readonly digest?: string | undefined;
    readonly error?: string;
  },
): Promise<void> => {
  const [first, last] = [end.periods?.[0], end.periods?.at(-1)];
  await tx
    .update(curIngestionLog)
    .set({
      status: end.error === undefined ? "completed" : "failed",
      periodStart: first === undefined ? null : day(`${first}-01`),
      periodEnd: last === undefined ? null : monthPeriod(last).end,
      rowCount: end.rows ?? null,
      sourceDigest: end.digest ?? null,
      durationSec: secondsBetween(end.startedAt, end.now),
      errorLog: end.error ?? null,
      finishedAt: end.now,
    })
    .where(eq(curIngestionLog.runId, runId));
};

/** Imports, newest first. */
export const listImports = (tx: Tx, limit: number) =>
  tx.select().from(curIngestionLog).orderBy(desc(curIngestionLog.startedAt)).limit(limit);
