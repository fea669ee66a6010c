import { z } from "zod";
import { activeRuns, planRuleChange, previewRules } from "../allocation/index.ts";
import { Problem } from "../kernel/index.ts";
import { action, type ViewDoor, view } from "../record/index.ts";
import { addMonths, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { promotionIdInput } from "./propose-rules.action.ts";
import { beyondLimit, promotionDigest, proposalSchema, tenantEffect, type TenantEffect } from "./promotion.ts";
import { movePromotion, readPromotion } from "./promotion.store.ts";

/** Over how many of the last months with an allocation a proposal is rehearsed. */
const MONTHS = 3;
const LOOK_BACK = 12;
const SHOWN = 20;

const input = z.object({ promotion_id: promotionIdInput });

/** Why a proposal cannot be promoted as it is; empty where it can. */
export const validateProposal = view("promotion.validate", { needs: "rules:read", input }, async (door, asked) => {
  const promotion = await door.load((tx) => readPromotion(tx, asked.promotion_id));
  const { rules, effective_from } = proposalSchema.parse(promotion.proposal);
  try {
    const plan = await planRuleChange.run(door.call, { rules, effective_from });
    const reasons = [
      ...plan.billed_or_closed.map((month) => `${month} is billed or closed: let the rules begin after it`),
      ...(plan.counts.none === rules.length ? ["the rules in force say the same"] : []),
    ];
    return { is_valid: reasons.length === 0, reasons };
  } catch (error) {
    if (error instanceof Problem && error.kind === "invalid") return { is_valid: false, reasons: [error.message] };
    throw error;
  }
});

/** The last months that were allocated, the newest first. */
const rehearsable = async (door: ViewDoor): Promise<Month[]> => {
  const months: Month[] = [];
  const now = monthOf(dayOf(door.now));
  for (let back = 1; back <= LOOK_BACK && months.length < MONTHS; back += 1) {
    const month = addMonths(now, -back);
    const runs = await door.load((tx) => activeRuns(tx, { period: monthPeriod(month), basis: "amortized" }));
    if (runs.length > 0) months.push(month);
  }
  return months;
};

/**
 * Runs a proposal over the last allocated months beside the rules in force, keeps the difference per tenant, and says whether any moves further
 * than the proposal allows. Nothing else is stored. A repeat on the same months changes nothing.
 */
export const rehearseProposal = action(
  "promotion.rehearse",
  { needs: "rules:write", input },
  async (door, { promotion_id: promotionId }) => {
    const promotion = await door.load((tx) => readPromotion(tx, promotionId));
    const proposal = proposalSchema.parse(promotion.proposal);
    const effects: TenantEffect[] = [];
    const months = await rehearsable(door);
    for (const period of months) {
      const shown = await previewRules.run(door.call, { period, rules: [...proposal.rules], limit: 10_000 });
      for (const { tenant_id, before, after, difference } of shown.tenants)
        effects.push(tenantEffect({ period, tenant_id, before, after, difference }));
    }
    const reasons = beyondLimit(effects, proposal.max_change_percent);
    const { rules, effective_from } = proposal;
    const plan = await planRuleChange.run(door.call, { rules, effective_from });
    const digest = promotionDigest({ proposal: promotion.proposal, effects }, plan.plan_digest);
    const answer = {
      periods: months,
      tenants: effects.length,
      digest,
      is_within_limits: reasons.length === 0 && months.length > 0,
      reasons: months.length === 0 ? ["there is no allocated month to rehearse on"] : reasons.slice(0, SHOWN),
    };
    if (promotion.state !== "proposed" || promotion.digest === digest) return door.unchanged(answer);
    const metadata = { periods: months, digest, is_within_limits: answer.is_within_limits };
    return door.save({ objectType: "rule_promotion", objectId: promotionId, metadata }, async (tx) => {
      await movePromotion(
        tx,
        { promotionId, from: ["proposed"] },
        {
          digest,
          effects,
          changedAt: door.now,
        },
      );
      return answer;
    });
  },
);
