import { z } from "zod";
import { digestOf, type Json } from "../kernel/index.ts";
import { action, enqueue, view } from "../record/index.ts";
import { type PromotionId, proposalSchema, shownPromotion } from "./promotion.ts";
import { insertPromotion, readPromotion } from "./promotion.store.ts";

export const promotionIdInput = z.templateLiteral(["PRM-", z.string().min(1)]);

/** Proposes allocation rules: from here on the machine checks, rehearses and has them approved. */
export const proposeRules = action(
  "promotion.propose",
  { needs: "rules:write", input: proposalSchema },
  (door, proposal) => {
    const promotionId: PromotionId = `PRM-${door.clock.id()}`;
    const plain = JSON.parse(JSON.stringify(proposal)) as Json;
    const people = [door.actor.id, ...(door.actor.person === undefined ? [] : [door.actor.person])];
    const row = {
      promotionId,
      proposal: plain,
      state: "proposed" as const,
      digest: digestOf(plain),
      effects: [],
      proposedBy: [...new Set(people)],
      reason: null,
      createdAt: door.now,
      changedAt: door.now,
    };
    const metadata = { rules: proposal.rules.map((rule) => rule.rule_id), effective_from: proposal.effective_from };
    return door.save({ objectType: "rule_promotion", objectId: promotionId, metadata }, async (tx) => {
      await insertPromotion(tx, row);
      await enqueue(tx, {
        topic: "start-workflow",
        effectKey: `rule-promotion/${promotionId}`,
        payload: { machine: "rule-promotion", name: promotionId, input: { promotion_id: promotionId } },
        outboxId: door.clock.id(),
        now: door.now,
      });
      return shownPromotion(row);
    });
  },
);

/** A change of rules and how far it is. */
export const getPromotion = view(
  "promotion.get",
  { needs: "rules:read", input: z.object({ promotion_id: promotionIdInput }) },
  async (door, input) => shownPromotion(await door.load((tx) => readPromotion(tx, input.promotion_id))),
);
