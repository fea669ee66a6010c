import { z } from "zod";
import { applyRules, planRuleChange } from "../allocation/index.ts";
import {
  announceTo,
  type Approval,
  answerOf,
  approvalExpiry,
  decideApproval,
  findToken,
  keepToken,
  latestApproval,
  requestApproval,
  supersedeApproval,
} from "../approvals/index.ts";
import { type Json, precondition, sha256 } from "../kernel/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { promotionIdInput } from "./propose-rules.action.ts";
import { promotionDigest, proposalSchema } from "./promotion.ts";
import { movePromotion, readPromotion } from "./promotion.store.ts";

const subjectOf = (promotionId: string, metadata: Json) => ({
  objectType: "rule_promotion",
  objectId: promotionId,
  metadata,
});

const readBoth = (door: ActionDoor, promotionId: `PRM-${string}`) =>
  door.load(async (tx) => ({
    promotion: await readPromotion(tx, promotionId),
    approval: await latestApproval(tx, { kind: "rule_promotion", subjectId: promotionId }),
  }));

/** Asks for the decision on a rehearsed proposal on behalf of an execution that waits with a token. The same token again changes nothing. */
export const requestPromotionApproval = action(
  "promotion.request-approval",
  { needs: "rules:write", input: z.object({ promotion_id: promotionIdInput, task_token: z.string().min(1) }) },
  async (door, { promotion_id: promotionId, task_token: token }) => {
    const { promotion, approval } = await readBoth(door, promotionId);
    const tokenDigest = sha256(token);
    const known = await door.load((tx) => findToken(tx, tokenDigest));
    if (known) return door.unchanged({ approval_id: known.approvalId });
    const { digest, proposedBy } = promotion;
    const decided = approval?.subjectDigest === digest ? answerOf(approval) : undefined;
    return door.save(subjectOf(promotionId, { digest }), async (tx) => {
      const asked =
        decided !== undefined && approval
          ? approval
          : await requestApproval(tx, {
              approvalId: `APR-${door.clock.id()}`,
              kind: "rule_promotion",
              subjectId: promotionId,
              tenantId: null,
              digest,
              preparedBy: proposedBy,
              requestedBy: door.actor.id,
              summary: { proposal: promotion.proposal, effects: promotion.effects },
              now: door.now,
              expiresAt: approvalExpiry(door.now),
            });
      const { approvalId } = asked;
      const sealedToken = door.vault.seal(token);
      await keepToken(tx, { tokenDigest, sealedToken, approvalId, answer: decided, now: door.now });
      const mail = { approvalId, level: 1, news: "requested", serial: "requested-1" } as const;
      if (decided === undefined) await announceTo(tx, { ...mail, outboxId: door.clock.id(), now: door.now });
      return { approval_id: approvalId };
    });
  },
);

const decided = (
  verdict: "approved" | "rejected",
  needs: "rules:approve" | readonly ["rules:approve", "rules:write"],
) =>
  action(
    `promotion.${verdict === "approved" ? "approve" : "reject"}`,
    {
      needs,
      input: z.object({
        promotion_id: promotionIdInput,
        digest: z.string().min(1),
        reason: z.string().trim().min(1).max(1000).optional(),
      }),
    },
    async (door, { promotion_id: promotionId, digest, reason }) => {
      const { approval } = await readBoth(door, promotionId);
      if (!approval) throw precondition(`rule promotion ${promotionId} waits for no decision yet.`);
      return door.save(subjectOf(promotionId, { verdict, digest, reason: reason ?? null }), async (tx) => {
        const { actor, now } = door;
        await decideApproval(tx, approval.approvalId, { verdict, digest, actor, reason, now });
        return { promotion_id: promotionId, decision: verdict, digest };
      });
    },
  );

/** Approves a rehearsed proposal, as it was seen, by a second person; the machine puts it in force. */
export const approvePromotion = decided("approved", "rules:approve");
/** Rejects a proposal, or takes back one's own. */
export const rejectPromotion = decided("rejected", ["rules:approve", "rules:write"]);

/**
 * Puts an approved proposal in force: new versions from its day on, by the plan that was approved. A repeat changes nothing. Throws a
 * precondition Problem where the rules have changed since, or a month that is billed or closed would be altered.
 */
export const promoteRules = action(
  "promotion.promote",
  { needs: "rules:write", input: z.object({ promotion_id: promotionIdInput }) },
  async (door, { promotion_id: promotionId }) => {
    const { promotion, approval } = await readBoth(door, promotionId);
    const answer = { promotion_id: promotionId, state: "promoted" as const };
    if (promotion.state === "promoted") return door.unchanged(answer);
    const { digest } = promotion;
    if (approval?.state !== "approved" || approval.subjectDigest !== digest)
      throw precondition(`rule promotion ${promotionId} is not what was approved. Propose it again.`);
    const { rules, effective_from } = proposalSchema.parse(promotion.proposal);
    const plan = await planRuleChange.run(door.call, { rules, effective_from });
    const isInForce = plan.counts.none === rules.length;
    if (!isInForce && promotionDigest(promotion, plan.plan_digest) !== digest)
      throw precondition(`the rules of ${promotionId} have changed since it was rehearsed. Propose it again.`);
    await applyRules.run(door.call, { rules, effective_from, plan_digest: plan.plan_digest });
    return door.save(subjectOf(promotionId, { digest, plan_digest: plan.plan_digest }), async (tx) => {
      await movePromotion(tx, { promotionId, from: ["proposed"] }, { state: "promoted", changedAt: door.now });
      return answer;
    });
  },
);

/**
 * Ends a proposal that was not approved, with the reason; one whose approval was written meanwhile is `approved` and stays. A repeat
 * changes nothing.
 */
export const dropPromotion = action(
  "promotion.drop",
  { needs: "rules:write", input: z.object({ promotion_id: promotionIdInput, reason: z.string().max(4000) }) },
  async (door, { promotion_id: promotionId, reason }) => {
    const { promotion, approval } = await readBoth(door, promotionId);
    const answer = (state: "approved" | "rejected") => ({ promotion_id: promotionId, state });
    if (promotion.state !== "proposed") return door.unchanged(answer("rejected"));
    const subject = { kind: "rule_promotion" as const, subjectId: promotionId };
    const isApproved = (found: Approval | undefined): boolean =>
      found?.state === "approved" && found.subjectDigest === promotion.digest;
    if (isApproved(approval)) return door.unchanged(answer("approved"));
    return door.save(subjectOf(promotionId, { reason }), async (tx) => {
      // First the request: of this and a decision at the same time one wins.
      await supersedeApproval(tx, { ...subject, reason, now: door.now });
      if (isApproved(await latestApproval(tx, subject))) return answer("approved");
      await movePromotion(tx, { promotionId, from: ["proposed"] }, { state: "rejected", reason, changedAt: door.now });
      return answer("rejected");
    });
  },
);
