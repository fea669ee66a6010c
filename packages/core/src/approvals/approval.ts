import { type ApprovalId, forbidden, type Json, precondition, type TenantId } from "../kernel/index.ts";
import { type AccessScope, type Actor, may } from "../record/index.ts";

/** What can wait for a second person. The effect of a decision is in the room of its subject. */
export const APPROVAL_KINDS = ["invoice", "manual_payment", "rule_promotion"] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

export const APPROVAL_STATES = ["pending", "approved", "rejected", "expired", "superseded"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Days that a request stays open unless its kind says otherwise. */
export const APPROVAL_VALID_DAYS = 14;

const DAY_MS = 86_400_000;

export const approvalExpiry = (now: Date): Date => new Date(now.getTime() + APPROVAL_VALID_DAYS * DAY_MS);

/** A decision that waits for a second person, or that was made. */
export interface Approval {
  readonly approvalId: ApprovalId;
  readonly kind: ApprovalKind;
  readonly subjectId: string;
  readonly tenantId: TenantId | null;
  /** Digest of exactly what the approver is shown. */
  readonly subjectDigest: string;
  readonly preparedBy: readonly string[];
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly state: ApprovalState;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  readonly level: number;
  readonly summary: Json;
}

/** Who is asked first, and who is asked where they did not decide in time. */
export const LAST_LEVEL = 2;

/** What an execution that waits for a decision is told. */
export type ApprovalAnswer = {
  readonly decision: "approved" | "sent_back" | "returned" | "superseded";
  readonly approval_id: string | null;
  readonly reason: string | null;
};

const ANSWERS: Readonly<Record<Exclude<ApprovalState, "pending">, ApprovalAnswer["decision"]>> = {
  approved: "approved",
  rejected: "sent_back",
  expired: "returned",
  superseded: "superseded",
};

/** The answer that a request's state stands for; undefined while nobody decided. */
export const answerOf = (approval: Pick<Approval, "approvalId" | "state" | "reason">): ApprovalAnswer | undefined =>
  approval.state === "pending"
    ? undefined
    : { decision: ANSWERS[approval.state], approval_id: approval.approvalId, reason: approval.reason };

export interface Decision {
  readonly verdict: "approved" | "rejected";
  /** The digest that the decider saw. */
  readonly digest: string;
  readonly actor: Actor;
  readonly reason?: string | undefined;
  readonly now: Date;
}

const NAMES: Readonly<Record<ApprovalKind, string>> = {
  invoice: "invoice",
  manual_payment: "manual payment",
  rule_promotion: "rule promotion",
};

const SCOPES: Readonly<Record<ApprovalKind, AccessScope>> = {
  invoice: "billing:approve",
  manual_payment: "billing:approve",
  rule_promotion: "rules:approve",
};

export const subjectName = (subject: { readonly kind: ApprovalKind; readonly subjectId: string }): string =>
  `${NAMES[subject.kind]} ${subject.subjectId}`;

/** Whether the decision repeats the one that was already made by the same person: then there is nothing to do. */
export const isRepeat = (approval: Approval, decision: Decision): boolean =>
  approval.state === decision.verdict &&
  approval.decidedBy === decision.actor.id &&
  approval.subjectDigest === decision.digest;

/** Under which ids an actor counts as having prepared something: its own, the person behind it, and who made its token. */
export const preparersOf = (actor: Actor): string[] => [
  ...new Set([actor.id, actor.person, actor.minter].filter((id) => id !== undefined)),
];

/**
 * Four eyes: only a person who may approve, and who neither drafted nor changed the subject, nor had it done with a token they made, nor decides
 * with one that a preparer made. Throws a forbidden Problem that names the rule.
 */
export const checkFourEyes = (
  subject: { readonly kind: ApprovalKind; readonly subjectId: string; readonly preparedBy: readonly string[] },
  actor: Actor,
): void => {
  const scope = SCOPES[subject.kind];
  if (!may(actor, scope))
    throw forbidden(
      `approving ${subjectName(subject)} needs the scope ${scope}. Ask an administrator for a role that has it.`,
    );
  if (actor.person === undefined)
    throw forbidden(
      `approving ${subjectName(subject)} needs a person: sign in as one, a machine's token never approves.`,
    );
  const own = preparersOf(actor).find((id) => subject.preparedBy.includes(id));
  if (own === undefined) return;
  const how = own === actor.minter ? `${own}, who made this token,` : own;
  throw forbidden(
    `four-eyes rule: ${how} prepared ${subjectName(subject)} and cannot approve it. Ask another approver.`,
  );
};

/** Throws a precondition Problem naming both digests when the subject is not what the decider saw. */
export const checkDigest = (subject: string, current: string, seen: string): void => {
  if (current === seen) return;
  throw precondition(
    `${subject} changed since it was shown: its digest is ${current}, the decision is for ${seen}. Look at it again and decide on the current digest.`,
    [{ field: "digest", reason: `current digest is ${current}` }],
  );
};

/**
 * Whether a decision may be written: pending, not expired, made on what is there now, and, to approve, by a second person.
 * Rejecting is open to who prepared it: that takes back one's own request. Throws the Problem that says which rule forbids it.
 */
export const checkDecision = (approval: Approval, decision: Decision): void => {
  const subject = subjectName(approval);
  if (decision.verdict === "approved") checkFourEyes(approval, decision.actor);
  if (approval.state !== "pending")
    throw precondition(
      `the request ${approval.approvalId} for ${subject} is ${approval.state} already and cannot be decided.`,
    );
  if (decision.now >= approval.expiresAt)
    throw precondition(
      `the request ${approval.approvalId} for ${subject} expired at ${approval.expiresAt.toISOString()}. Submit it again.`,
    );
  checkDigest(subject, approval.subjectDigest, decision.digest);
};
