import { and, asc, count, eq, inArray, isNotNull, isNull, lte, min, or, sql } from "drizzle-orm";
import type { Json } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { outbox } from "./record.sql.ts";

/** An effect that happens after commit, at least once; `effectKey` lets the receiver drop repeats. */
export interface Effect {
  readonly topic: string;
  readonly effectKey: string;
  readonly payload: Json;
}

export interface ClaimedEffect extends Effect {
  readonly outboxId: string;
  readonly attempts: number;
}

/** Queues an effect in the transaction of the change that causes it. The same (topic, key) is queued once. */
export const enqueue = async (
  tx: Tx,
  effect: Effect & { readonly outboxId: string; readonly now: Date },
): Promise<void> => {
  const { now, ...row } = effect;
  await tx
    .insert(outbox)
    .values({ ...row, createdAt: now, nextAttemptAt: now })
    .onConflictDoNothing({ target: [outbox.topic, outbox.effectKey] });
};

/** Takes due effects for `leaseMs`; another worker skips them until the lease ends. */
export const claimEffects = async (
  tx: Tx,
  now: Date,
  options: { readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedEffect[]> => {
  const due = await tx
    .select({ outboxId: outbox.outboxId })
    .from(outbox)
    .where(
      and(
        isNull(outbox.doneAt),
        isNull(outbox.failedAt),
        lte(outbox.nextAttemptAt, now),
        or(isNull(outbox.lockedUntil), lte(outbox.lockedUntil, now)),
      ),
    )
    .orderBy(asc(outbox.createdAt), asc(outbox.outboxId))
    .limit(options.limit)
    .for("update", { skipLocked: true });
  if (due.length === 0) return [];
  return tx
    .update(outbox)
    .set({ lockedUntil: new Date(now.getTime() + options.leaseMs), attempts: sql`${outbox.attempts} + 1` })
    .where(
      inArray(
        outbox.outboxId,
        due.map((row) => row.outboxId),
      ),
    )
    .returning({
      outboxId: outbox.outboxId,
      topic: outbox.topic,
      effectKey: outbox.effectKey,
      payload: outbox.payload,
      attempts: outbox.attempts,
    });
};

/** How an effect stands: to be done, done, given up, or never queued. */
export const effectState = async (
  tx: Tx,
  topic: string,
  effectKey: string,
): Promise<
  { readonly state: "done" | "pending" | "unknown" } | { readonly state: "given_up"; readonly reason: string }
> => {
  const [row] = await tx
    .select({ doneAt: outbox.doneAt, failedAt: outbox.failedAt, lastError: outbox.lastError })
    .from(outbox)
    .where(and(eq(outbox.topic, topic), eq(outbox.effectKey, effectKey)));
  if (!row) return { state: "unknown" };
  if (row.failedAt !== null) return { state: "given_up", reason: row.lastError ?? "" };
  return { state: row.doneAt === null ? "pending" : "done" };
};

/** Which of these effects were queued before, done or not. */
export const queuedAmong = async (tx: Tx, topic: string, effectKeys: readonly string[]): Promise<Set<string>> => {
  const rows = await tx
    .select({ effectKey: outbox.effectKey })
    .from(outbox)
    .where(and(eq(outbox.topic, topic), inArray(outbox.effectKey, [...effectKeys])));
  return new Set(rows.map((row) => row.effectKey));
};

/** Takes one effect for `leaseMs`, due or not; undefined where another worker has it, or it is over. */
export const claimEffect = async (
  tx: Tx,
  of: { readonly topic: string; readonly effectKey: string; readonly now: Date; readonly leaseMs: number },
): Promise<ClaimedEffect | undefined> => {
  const [row] = await tx
    .update(outbox)
    .set({ lockedUntil: new Date(of.now.getTime() + of.leaseMs), attempts: sql`${outbox.attempts} + 1` })
    .where(
      and(
        eq(outbox.topic, of.topic),
        eq(outbox.effectKey, of.effectKey),
        isNull(outbox.doneAt),
        isNull(outbox.failedAt),
        or(isNull(outbox.lockedUntil), lte(outbox.lockedUntil, of.now)),
      ),
    )
    .returning({
      outboxId: outbox.outboxId,
      topic: outbox.topic,
      effectKey: outbox.effectKey,
      payload: outbox.payload,
      attempts: outbox.attempts,
    });
  return row;
};

/** Takes back the leases of a worker that died, so that nothing waits for them to run out. For a process that is alone. */
export const releaseLeases = async (tx: Tx): Promise<void> => {
  await tx
    .update(outbox)
    .set({ lockedUntil: null })
    .where(and(isNull(outbox.doneAt), isNotNull(outbox.lockedUntil)));
};

export const finishEffect = async (tx: Tx, outboxId: string, now: Date): Promise<void> => {
  await tx.update(outbox).set({ doneAt: now, lockedUntil: null, lastError: null }).where(eq(outbox.outboxId, outboxId));
};

/** Puts an effect back for later, or gives it up (`retryAt` undefined) with the reason kept for the operator. */
export const releaseEffect = async (
  tx: Tx,
  outboxId: string,
  failure: { readonly error: string; readonly retryAt: Date | undefined; readonly now: Date },
): Promise<void> => {
  await tx
    .update(outbox)
    .set({
      lockedUntil: null,
      lastError: failure.error,
      ...(failure.retryAt ? { nextAttemptAt: failure.retryAt } : { failedAt: failure.now }),
    })
    .where(eq(outbox.outboxId, outboxId));
};

/** Effects still to do, and the age of the oldest in seconds. */
export const outboxBacklog = async (tx: Tx, now: Date): Promise<{ pending: number; ageSeconds: number }> => {
  const [row] = await tx
    .select({ pending: count(), oldest: min(outbox.createdAt) })
    .from(outbox)
    .where(and(isNull(outbox.doneAt), isNull(outbox.failedAt)));
  return {
    pending: row?.pending ?? 0,
    ageSeconds: row?.oldest ? Math.max(0, Math.round((now.getTime() - row.oldest.getTime()) / 1000)) : 0,
  };
};
