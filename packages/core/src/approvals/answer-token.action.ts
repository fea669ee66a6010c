import { z } from "zod";
import { missing, precondition, Problem } from "../kernel/index.ts";
import { action, type ActionDoor, view } from "../record/index.ts";
import { answerOf, type ApprovalAnswer, subjectName } from "./approval.ts";
import { readApproval } from "./approvals.store.ts";
import { type ApprovalToken, closeToken, findToken, hasOtherListener, unansweredTokens } from "./tokens.store.ts";

/** How long a stored decision may take to reach its execution before the sweeper looks after it. */
const GRACE_MS = 60_000;
const SWEEP = 100;

/** Which machine goes on with a decision that its own execution cannot hear of. */
const CONTINUED_BY = { invoice: "invoice-approval" } as const;

const isDead = (error: unknown): boolean =>
  error instanceof Problem && (error.code === "TASK_TIMED_OUT" || error.code === "INVALID_TOKEN");

/** Starts an execution that goes on from the stored decision; nothing happens where it was started before. */
const goOn = async (door: ActionDoor, token: ApprovalToken, answer: ApprovalAnswer): Promise<string | null> => {
  if (token.approvalId === null || !["approved", "sent_back"].includes(answer.decision)) return null;
  const approval = await door.load((tx) => readApproval(tx, token.approvalId ?? "APR-"));
  const machine = approval.kind === "invoice" ? CONTINUED_BY.invoice : undefined;
  if (machine === undefined || (await door.load((tx) => hasOtherListener(tx, token)))) return null;
  const name = `${approval.approvalId}.decided`;
  const input = {
    invoice_id: approval.subjectId,
    digest: approval.subjectDigest,
    approval_id: approval.approvalId,
  };
  try {
    await door.call.world.workflows.start({ machine, name, input });
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
  return name;
};

/** Tells the execution; `dead` where nobody listens any more. */
const tell = async (door: ActionDoor, token: ApprovalToken, answer: ApprovalAnswer): Promise<"answered" | "dead"> => {
  try {
    await door.call.world.workflows.succeed(door.vault.open(token.sealedToken), answer);
    return "answered";
  } catch (error) {
    if (isDead(error)) return "dead";
    throw error;
  }
};

/**
 * Answers the token of an execution that waits for a decision, which is stored. Where nobody listens any more (the wait timed out, the execution
 * was stopped or went on before), a continuation goes on from the decision. Doing so again changes nothing.
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

/** Decisions that were stored, and that no execution was told of for a while. */
export const unanswered = view(
  "approvals.unanswered",
  { needs: "workflows:write", input: z.object({}) },
  async (door) => {
    const before = new Date(door.now.getTime() - GRACE_MS);
    const tokens = await door.load((tx) => unansweredTokens(tx, before, SWEEP));
    return { tokens: tokens.map((token) => token.tokenDigest) };
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
