import { and, asc, desc, eq, gt, lt, lte } from "drizzle-orm";
import { type ApprovalId, exists, type Json, missing, precondition, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import {
  type Approval,
  type ApprovalKind,
  type ApprovalState,
  checkDecision,
  type Decision,
  isRepeat,
  LAST_LEVEL,
  subjectName,
} from "./approval.ts";
import { approvalRequest } from "./approvals.sql.ts";
import { announce } from "./tokens.store.ts";

export interface ApprovalSubject {
  readonly kind: ApprovalKind;
  readonly subjectId: string;
}

export interface ApprovalAsked extends ApprovalSubject {
  readonly approvalId: ApprovalId;
  readonly tenantId: TenantId | null;
  readonly digest: string;
  readonly preparedBy: readonly string[];
  readonly requestedBy: string;
  readonly summary: Json;
  readonly now: Date;
  readonly expiresAt: Date;
}

const ofSubject = (subject: ApprovalSubject) =>
  and(eq(approvalRequest.kind, subject.kind), eq(approvalRequest.subjectId, subject.subjectId));

const pendingOf = (subject: ApprovalSubject) => and(ofSubject(subject), eq(approvalRequest.state, "pending"));

/** Ends the pending request for a subject that changed or is gone; nothing happens when there is none. */
export const supersedeApproval = async (
  tx: Tx,
  subject: ApprovalSubject & { readonly reason: string; readonly now: Date },
): Promise<void> => {
  const [row] = await tx
    .update(approvalRequest)
    .set({ state: "superseded", reason: subject.reason, decidedAt: subject.now })
    .where(pendingOf(subject))
    .returning();
  if (row) await announce(tx, row, subject.now);
};

/**
 * Asks for a decision. A pending request for the same digest that has not expired is the answer itself; one for another digest is
 * superseded.
 */
export const requestApproval = async (tx: Tx, asked: ApprovalAsked): Promise<Approval> => {
  const [pending] = await tx.select().from(approvalRequest).where(pendingOf(asked)).for("update");
  if (pending?.subjectDigest === asked.digest && pending.expiresAt > asked.now) return pending;
  if (pending)
    await supersedeApproval(tx, { ...asked, reason: `replaced by ${asked.approvalId} for the digest ${asked.digest}` });
  const [row] = await tx
    .insert(approvalRequest)
    .values({
      approvalId: asked.approvalId,
      kind: asked.kind,
      subjectId: asked.subjectId,
      tenantId: asked.tenantId,
      subjectDigest: asked.digest,
      preparedBy: asked.preparedBy,
      requestedBy: asked.requestedBy,
      requestedAt: asked.now,
      expiresAt: asked.expiresAt,
      state: "pending",
      summary: asked.summary,
    })
    .onConflictDoNothing()
    .returning();
  if (!row)
    throw exists(`another request for ${subjectName(asked)} was made at the same time. Look at it, then ask again.`);
  return row;
};

/** The request itself; throws a missing Problem. */
export const readApproval = async (tx: Tx, approvalId: ApprovalId): Promise<Approval> => {
  const [row] = await tx.select().from(approvalRequest).where(eq(approvalRequest.approvalId, approvalId));
  if (!row) throw missing("approval", approvalId);
  return row;
};

/** The newest request for a subject. */
export const latestApproval = async (tx: Tx, subject: ApprovalSubject): Promise<Approval | undefined> => {
  const [row] = await tx
    .select()
    .from(approvalRequest)
    .where(ofSubject(subject))
    .orderBy(desc(approvalRequest.approvalId))
    .limit(1);
  return row;
};

/**
 * Writes a decision by compare-and-set on the one row: of two decisions at once one wins and the other is refused.
 * `isNew` is false for a repeat of the same decision by the same person. Throws the Problem of the rule that forbids it.
 */
export const decideApproval = async (
  tx: Tx,
  approvalId: ApprovalId,
  decision: Decision,
): Promise<{ readonly approval: Approval; readonly isNew: boolean }> => {
  const before = await readApproval(tx, approvalId);
  if (isRepeat(before, decision)) return { approval: before, isNew: false };
  checkDecision(before, decision);
  const [row] = await tx
    .update(approvalRequest)
    .set({
      state: decision.verdict,
      decidedBy: decision.actor.id,
      decidedAt: decision.now,
      reason: decision.reason ?? null,
    })
    .where(
      and(
        eq(approvalRequest.approvalId, approvalId),
        eq(approvalRequest.state, "pending"),
        eq(approvalRequest.subjectDigest, decision.digest),
      ),
    )
    .returning();
  if (row) {
    await announce(tx, row, decision.now);
    return { approval: row, isNew: true };
  }
  const after = await readApproval(tx, approvalId);
  if (isRepeat(after, decision)) return { approval: after, isNew: false };
  throw precondition(
    `the request ${approvalId} for ${subjectName(after)} was ${after.state} at the same time. Look at it again.`,
  );
};

/** Writes a request that the policy decided, in one step: by which version of it, and within which limits. */
export const grantApproval = async (
  tx: Tx,
  asked: ApprovalAsked,
  by: { readonly decidedBy: string; readonly reason: string },
): Promise<Approval> => {
  const { approvalId } = await requestApproval(tx, asked);
  const [row] = await tx
    .update(approvalRequest)
    .set({ state: "approved", ...by, decidedAt: asked.now })
    .where(and(eq(approvalRequest.approvalId, approvalId), eq(approvalRequest.state, "pending")))
    .returning();
  if (!row) throw exists(`the request for ${subjectName(asked)} was decided at the same time. Look at it.`);
  await announce(tx, row, asked.now);
  return row;
};

/**
 * Passes a request that nobody decided on to the next level, or ends it as expired after the last one or where its whole time is over: by
 * compare-and-set with every decision, so that of both at once one wins. Answers the request as it is then.
 */
export const passOn = async (
  tx: Tx,
  approvalId: ApprovalId,
  from: { readonly level: number; readonly isOver: boolean; readonly now: Date },
): Promise<Approval> => {
  const isLast = from.level >= LAST_LEVEL || from.isOver;
  const [row] = await tx
    .update(approvalRequest)
    .set(
      isLast ? { state: "expired", reason: "nobody decided in time", decidedAt: from.now } : { level: from.level + 1 },
    )
    .where(
      and(
        eq(approvalRequest.approvalId, approvalId),
        eq(approvalRequest.state, "pending"),
        eq(approvalRequest.level, from.level),
      ),
    )
    .returning();
  if (row && isLast) await announce(tx, row, from.now);
  return row ?? readApproval(tx, approvalId);
};

/** Requests that wait since an instant or longer and are open at `now`, by their ids, from the one after `after` on. */
export const waitingSince = (
  tx: Tx,
  of: { readonly since: Date; readonly now: Date; readonly after: string | undefined; readonly limit: number },
): Promise<Approval[]> =>
  tx
    .select()
    .from(approvalRequest)
    .where(
      and(
        eq(approvalRequest.state, "pending"),
        lte(approvalRequest.requestedAt, of.since),
        gt(approvalRequest.expiresAt, of.now),
        of.after === undefined ? undefined : gt(approvalRequest.approvalId, of.after as ApprovalId),
      ),
    )
    .orderBy(asc(approvalRequest.approvalId))
    .limit(of.limit);

/** Requests of a kind that are pending although they expired before an instant, the oldest first, up to `limit`. */
export const expiredBefore = (tx: Tx, kind: ApprovalKind, before: Date, limit: number): Promise<Approval[]> =>
  tx
    .select()
    .from(approvalRequest)
    .where(
      and(eq(approvalRequest.kind, kind), eq(approvalRequest.state, "pending"), lte(approvalRequest.expiresAt, before)),
    )
    .orderBy(asc(approvalRequest.expiresAt))
    .limit(limit);

/** Requests, newest first, up to `limit`, older than `after`. */
export const selectApprovals = (
  tx: Tx,
  filter: {
    readonly state?: ApprovalState | undefined;
    readonly kind?: ApprovalKind | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Approval[]> =>
  tx
    .select()
    .from(approvalRequest)
    .where(
      and(
        filter.state === undefined ? undefined : eq(approvalRequest.state, filter.state),
        filter.kind === undefined ? undefined : eq(approvalRequest.kind, filter.kind),
        filter.after === undefined ? undefined : lt(approvalRequest.approvalId, filter.after as ApprovalId),
      ),
    )
    .orderBy(desc(approvalRequest.approvalId))
    .limit(filter.limit);
