import { z } from "zod";
import { missing, pageInput, pageOf, pageRequest, precondition, Problem } from "../kernel/index.ts";
import { action, type ActionDoor, view } from "../record/index.ts";
import { type Approval, type ApprovalAnswer, type ApprovalKind, answerOf, subjectName } from "./approval.ts";
import { readApproval } from "./approvals.store.ts";
import { type ApprovalToken, closeToken, findToken, hasOtherListener, unansweredTokens } from "./tokens.store.ts";

/** How long a stored decision may take to reach its execution before the sweeper looks after it. */
const GRACE_MS = 60_000;

/** A decision that its execution was not told of for so long is somebody's concern. */
const LATE_MS = 15 * 60_000;

type Continued = (approval: Approval) => { readonly machine: string; readonly input: Readonly<Record<string, string>> };

/** What goes on with a decision that its own execution cannot hear of; nothing waits for a manual payment. */
const CONTINUED: Readonly<Record<ApprovalKind, Continued | undefined>> = {
  invoice: ({ subjectId, subjectDigest, approvalId }) => ({
    machine: "invoice-approval",
    input: { invoice_id: subjectId, digest: subjectDigest, approval_id: approvalId },
  }),
  rule_promotion: ({ subjectId, approvalId }) => ({
    machine: "rule-promotion",
    input: { promotion_id: subjectId, approval_id: approvalId },
  }),
  manual_payment: undefined,
};

const isDead = (error: unknown): boolean =>
  error instanceof Problem && (error.code === "TASK_TIMED_OUT" || error.code === "INVALID_TOKEN");

/** Starts an execution that goes on from the stored decision; nothing happens where it was started before. */
const goOn = async (door: ActionDoor, token: ApprovalToken, answer: ApprovalAnswer): Promise<string | null> => {
  if (token.approvalId === null || !["approved", "sent_back"].includes(answer.decision)) return null;
  const approval = await door.load((tx) => readApproval(tx, token.approvalId ?? "APR-"));
  const continued = CONTINUED[approval.kind]?.(approval);
  if (continued === undefined || (await door.load((tx) => hasOtherListener(tx, token)))) return null;
  const name = `${approval.approvalId}.decided`;
  try {
    await door.call.world.workflows.start({ ...continued, name });
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
  return name;
};

/** The token itself; undefined where it was sealed with a key that is gone. */
const opened = (door: ActionDoor, { sealedToken }: ApprovalToken): string | undefined => {
  try {
    return door.vault.open(sealedToken);
  } catch (error) {
    if (error instanceof Problem && error.kind === "precondition") return undefined;
    throw error;
  }
};

/** Tells the execution; `dead` where nobody listens any more, or nobody can be told. */
const tell = async (door: ActionDoor, token: ApprovalToken, answer: ApprovalAnswer): Promise<"answered" | "dead"> => {
  const taskToken = opened(door, token);
  if (taskToken === undefined) return "dead";
  try {
    await door.call.world.workflows.succeed(taskToken, answer);
    return "answered";
  } catch (error) {
    if (isDead(error)) return "dead";
    throw error;
  }
};

/**
 * Answers the token of an execution that waits for a decision, which is stored. Where nobody listens any more (the wait timed out, the execution
 * was stopped or went on before, the token cannot be read), a continuation goes on from the decision. Doing so again changes nothing.
 */
export const answerToken = action(
  "approvals.answer-token",
  { needs: "workflows:write", input: z.object({ token: z.string().min(1) }) },
  async (door, { token: tokenDigest }) => {
    const token = await door.load((tx) => findToken(tx, tokenDigest));
    if (!token) throw missing("approval token", tokenDigest);
    if (token.state !== "decided" || token.answer === null) return door.unchanged({ state: token.state });
    // Written by this room as an answer.
    const answer = token.answer as ApprovalAnswer;
    const state = await tell(door, token, answer);
    const continuation = state === "dead" ? await goOn(door, token, answer) : null;
    const subject = {
      objectType: "approval",
      objectId: token.approvalId ?? tokenDigest.slice(0, 16),
      metadata: { decision: answer.decision, state, continuation },
    };
    return door.save(subject, async (tx) => {
      await closeToken(tx, tokenDigest, { state, now: door.now });
      return { state };
    });
  },
);

/** Decisions that were stored, and that no execution was told of for a while; `is_late` says that somebody should look. */
export const unanswered = view(
  "approvals.unanswered",
  { needs: "workflows:write", input: z.object(pageInput) },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const before = new Date(door.now.getTime() - GRACE_MS);
    const rows = await door.load((tx) =>
      unansweredTokens(tx, { before, after: request.after, limit: request.size + 1 }),
    );
    const page = pageOf(rows, request, (row) => row.tokenDigest);
    const tokens = page.rows.map(({ tokenDigest, changedAt }) => ({
      token: tokenDigest,
      is_late: changedAt.getTime() + LATE_MS <= door.now.getTime(),
    }));
    return { tokens, next_page_token: page.nextToken ?? null };
  },
);

/** What a stored decision says, for an execution that goes on from it. */
export const readDecision = view(
  "approvals.read-decision",
  { needs: "workflows:write", input: z.object({ approval_id: z.templateLiteral(["APR-", z.string().min(1)]) }) },
  async (door, { approval_id: approvalId }) => {
    const approval = await door.load((tx) => readApproval(tx, approvalId));
    const answer = answerOf(approval);
    if (!answer) throw precondition(`the request ${approvalId} for ${subjectName(approval)} is not decided yet.`);
    return answer;
  },
);
