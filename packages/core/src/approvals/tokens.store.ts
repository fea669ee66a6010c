import { and, asc, eq, gt, inArray, lte, ne } from "drizzle-orm";
import type { ApprovalId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue } from "../record/index.ts";
import { type Approval, type ApprovalAnswer, answerOf } from "./approval.ts";
import { approvalToken } from "./approvals.sql.ts";

export type ApprovalToken = typeof approvalToken.$inferSelect;

/** Topic of the effect that tells a waiting execution. */
export const ANSWER_TOPIC = "approval-answer";

const queueAnswer = (tx: Tx, tokenDigest: string, now: Date): Promise<void> =>
  enqueue(tx, {
    topic: ANSWER_TOPIC,
    effectKey: tokenDigest,
    payload: { token: tokenDigest },
    outboxId: `ANS-${tokenDigest.slice(0, 40)}`,
    now,
  });

/** Writes the answer beside the decision, and queues that the executions that wait for it are told after the commit. */
export const announce = async (
  tx: Tx,
  approval: Pick<Approval, "approvalId" | "state" | "reason">,
  now: Date,
): Promise<void> => {
  const answer = answerOf(approval);
  if (!answer) return;
  const told = await tx
    .update(approvalToken)
    .set({ state: "decided", answer, changedAt: now })
    .where(and(eq(approvalToken.approvalId, approval.approvalId), eq(approvalToken.state, "waiting")))
    .returning({ tokenDigest: approvalToken.tokenDigest });
  for (const { tokenDigest } of told) await queueAnswer(tx, tokenDigest, now);
};

/** Keeps a token until it is answered; with an answer that is there already it is answered at once. The same token again changes nothing. */
export const keepToken = async (
  tx: Tx,
  token: {
    readonly tokenDigest: string;
    readonly sealedToken: string;
    readonly approvalId: ApprovalId | null;
    readonly answer: ApprovalAnswer | undefined;
    readonly now: Date;
  },
): Promise<void> => {
  const { now, answer, ...row } = token;
  const state = answer === undefined ? ("waiting" as const) : ("decided" as const);
  const added = await tx
    .insert(approvalToken)
    .values({ ...row, state, answer: answer ?? null, createdAt: now, changedAt: now })
    .onConflictDoNothing()
    .returning({ state: approvalToken.state });
  if (added.length === 1 && answer !== undefined) await queueAnswer(tx, row.tokenDigest, now);
};

export const findToken = async (tx: Tx, tokenDigest: string): Promise<ApprovalToken | undefined> =>
  (await tx.select().from(approvalToken).where(eq(approvalToken.tokenDigest, tokenDigest)))[0];

/** Notes that a decided token was answered, or that nobody listens to it any more: by compare-and-set, so that the first note stays. */
export const closeToken = async (
  tx: Tx,
  tokenDigest: string,
  end: { readonly state: "answered" | "dead"; readonly now: Date },
): Promise<void> => {
  await tx
    .update(approvalToken)
    .set({ state: end.state, changedAt: end.now })
    .where(and(eq(approvalToken.tokenDigest, tokenDigest), eq(approvalToken.state, "decided")));
};

/** The wait behind these tokens is over without an answer: the execution goes on by itself, and asks anew with another one. */
export const endWaiting = async (tx: Tx, approvalId: ApprovalId, now: Date): Promise<void> => {
  await tx
    .update(approvalToken)
    .set({ state: "dead", changedAt: now })
    .where(and(eq(approvalToken.approvalId, approvalId), eq(approvalToken.state, "waiting")));
};

/** Whether another execution waits for the same decision, or was told it. */
export const hasOtherListener = async (tx: Tx, token: ApprovalToken): Promise<boolean> => {
  if (token.approvalId === null) return false;
  const others = await tx
    .select({ tokenDigest: approvalToken.tokenDigest })
    .from(approvalToken)
    .where(
      and(
        eq(approvalToken.approvalId, token.approvalId),
        ne(approvalToken.tokenDigest, token.tokenDigest),
        inArray(approvalToken.state, ["decided", "answered"]),
      ),
    )
    .limit(1);
  return others.length > 0;
};

/** Tokens whose decision was stored before an instant and that are still not answered, by their digest, from the one after `after` on. */
export const unansweredTokens = (
  tx: Tx,
  of: { readonly before: Date; readonly after: string | undefined; readonly limit: number },
): Promise<ApprovalToken[]> =>
  tx
    .select()
    .from(approvalToken)
    .where(
      and(
        eq(approvalToken.state, "decided"),
        lte(approvalToken.changedAt, of.before),
        of.after === undefined ? undefined : gt(approvalToken.tokenDigest, of.after),
      ),
    )
    .orderBy(asc(approvalToken.tokenDigest))
    .limit(of.limit);
