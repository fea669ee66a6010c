import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { Json, RunId, TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { workRun } from "./work-run.sql.ts";

export type WorkRun = typeof workRun.$inferSelect;

export const insertRun = async (tx: Tx, row: typeof workRun.$inferInsert): Promise<void> => {
  await tx.insert(workRun).values(row);
};

/** What a tenant's people asked for; the operator's work about a tenant tells of drafts that the tenant may not see yet. */
const askedByTenant = (tenantId: TenantId | undefined) =>
  tenantId === undefined ? undefined : sql`${workRun.requestedBy}->>'tenant_id' = ${tenantId}`;

/** A run; with a tenant, only one that its own people asked for. */
export const readWorkRun = async (tx: Tx, runId: string, askedBy?: TenantId): Promise<WorkRun | undefined> =>
  (
    await tx
      .select()
      .from(workRun)
      .where(and(eq(workRun.runId, runId as RunId), askedByTenant(askedBy)))
  )[0];

/** A run that its process has held beyond its time: the process died, or stands still. */
const isLeftBehind = (now: Date) =>
  and(eq(workRun.status, "running"), or(isNull(workRun.leaseUntil), lt(workRun.leaseUntil, now)));

/** Takes a run that waits, or was left behind, for this process; undefined when there is nothing to take (any more). */
export const claimRun = async (
  tx: Tx,
  runId: RunId,
  { now, leaseUntil }: { readonly now: Date; readonly leaseUntil: Date },
): Promise<WorkRun | undefined> =>
  (
    await tx
      .update(workRun)
      .set({ status: "running", startedAt: now, leaseUntil, attempts: sql`${workRun.attempts} + 1` })
      .where(and(eq(workRun.runId, runId), or(eq(workRun.status, "queued"), isLeftBehind(now))))
      .returning()
  )[0];

/** The attempt that a process made, which is no longer its own once another has taken the run. */
export type Attempt = Pick<WorkRun, "runId" | "startedAt">;

const isOwn = ({ runId, startedAt }: Attempt) =>
  and(
    eq(workRun.runId, runId),
    eq(workRun.status, "running"),
    startedAt === null ? undefined : eq(workRun.startedAt, startedAt),
  );

export const renewRun = async (tx: Tx, attempt: Attempt, leaseUntil: Date): Promise<void> => {
  await tx.update(workRun).set({ leaseUntil }).where(isOwn(attempt));
};

/** Keeps how an attempt ended, unless another process has taken the run meanwhile: then its end counts. */
export const endRun = async (
  tx: Tx,
  attempt: Attempt,
  end:
    | { readonly status: "succeeded"; readonly result: Json; readonly now: Date }
    | { readonly status: "failed"; readonly error: Json; readonly now: Date },
): Promise<void> => {
  const { now, ...outcome } = end;
  await tx
    .update(workRun)
    .set({ ...outcome, endedAt: now, leaseUntil: null })
    .where(isOwn(attempt));
};

/** Runs that nobody does: queued for a while, or left behind; oldest first. */
export const waitingRuns = async (
  tx: Tx,
  { now, queuedBefore, limit }: { readonly now: Date; readonly queuedBefore: Date; readonly limit: number },
): Promise<RunId[]> => {
  const isForgotten = and(eq(workRun.status, "queued"), lt(workRun.createdAt, queuedBefore));
  const rows = await tx
    .select({ runId: workRun.runId })
    .from(workRun)
    .where(or(isForgotten, isLeftBehind(now)))
    .orderBy(asc(workRun.createdAt), asc(workRun.runId))
    .limit(limit);
  return rows.map((row) => row.runId);
};

/** Puts a failed run back in the queue; false when it did not fail. */
export const requeueFailed = async (tx: Tx, runId: RunId): Promise<boolean> =>
  (
    await tx
      .update(workRun)
      .set({ status: "queued", error: null, startedAt: null, endedAt: null, attempts: 0 })
      .where(and(eq(workRun.runId, runId), eq(workRun.status, "failed")))
      .returning({ runId: workRun.runId })
  ).length === 1;

/** Puts runs back that a process left behind when it died, and answers all that wait, oldest first. For a process that is alone. */
export const requeueAbandoned = async (tx: Tx): Promise<RunId[]> => {
  await tx
    .update(workRun)
    // What ended the server is not taken to be this work: nothing says so, and whoever stopped it wants it done.
    .set({ status: "queued", startedAt: null, leaseUntil: null, attempts: 0 })
    .where(eq(workRun.status, "running"));
  const rows = await tx
    .select({ runId: workRun.runId })
    .from(workRun)
    .where(eq(workRun.status, "queued"))
    .orderBy(asc(workRun.createdAt), asc(workRun.runId));
  return rows.map((row) => row.runId);
};

/** Runs, newest first, before a run id (ids rise with time). */
export const pageRuns = (
  tx: Tx,
  filter: {
    /** The tenant whose people asked; undefined for everybody's. */
    readonly askedBy: TenantId | undefined;
    readonly kind: string | undefined;
    readonly statuses: readonly WorkRun["status"][] | undefined;
    readonly before: string | undefined;
    readonly limit: number;
  },
): Promise<WorkRun[]> =>
  tx
    .select()
    .from(workRun)
    .where(
      and(
        askedByTenant(filter.askedBy),
        filter.kind === undefined ? undefined : eq(workRun.kind, filter.kind),
        filter.statuses === undefined ? undefined : inArray(workRun.status, filter.statuses),
        filter.before === undefined ? undefined : lt(workRun.runId, filter.before as RunId),
      ),
    )
    .orderBy(desc(workRun.runId))
    .limit(filter.limit);
