import { z } from "zod";
import { readAllocationRules, storeAllocationRules, versionOf } from "../allocation/index.ts";
import {
  announceTo,
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
import { proposalSchema } from "./promotion.ts";
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

/** Puts an approved proposal in force: new versions from its day on. A repeat changes nothing. */
export const promoteRules = action(
  "promotion.promote",
  { needs: "rules:write", input: z.object({ promotion_id: promotionIdInput }) },
  async (door, { promotion_id: promotionId }) => {
    const { promotion, approval } = await readBoth(door, promotionId);
    const answer = { promotion_id: promotionId, state: "promoted" as const };
    if (promotion.state === "promoted") return door.unchanged(answer);
    if (approval?.state !== "approved" || approval.subjectDigest !== promotion.digest)
      throw precondition(`rule promotion ${promotionId} is not what was approved. Propose it again.`);
    const proposal = proposalSchema.parse(promotion.proposal);
    return door.save(subjectOf(promotionId, { digest: promotion.digest }), async (tx) => {
      const isMine = await movePromotion(
        tx,
        { promotionId, from: ["proposed"] },
        {
          state: "promoted",
          changedAt: door.now,
        },
      );
      if (!isMine) return answer;
      const rules = await readAllocationRules(tx);
      // What a new installation starts with becomes its own before anything is changed about it.
      await storeAllocationRules(tx, rules, door.now);
      const versions = proposal.rules.map((rule) => versionOf(rules, rule, proposal.effective_from));
      await storeAllocationRules(tx, versions, door.now);
      return answer;
    });
  },
);

/** Ends a proposal that was not approved, with the reason. A repeat changes nothing. */
export const dropPromotion = action(
  "promotion.drop",
  { needs: "rules:write", input: z.object({ promotion_id: promotionIdInput, reason: z.string().max(4000) }) },
  async (door, { promotion_id: promotionId, reason }) => {
    const { promotion } = await readBoth(door, promotionId);
    const answer = { promotion_id: promotionId, state: "rejected" as const };
    if (promotion.state === "rejected") return door.unchanged(answer);
    return door.save(subjectOf(promotionId, { reason }), async (tx) => {
      await movePromotion(tx, { promotionId, from: ["proposed"] }, { state: "rejected", reason, changedAt: door.now });
      await supersedeApproval(tx, { kind: "rule_promotion", subjectId: promotionId, reason, now: door.now });
      return answer;
    });
  },
);
