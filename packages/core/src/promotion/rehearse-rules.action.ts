import { z } from "zod";
import { activeRuns, previewRules } from "../allocation/index.ts";
import { digestOf } from "../kernel/index.ts";
import { periodState } from "../periods/index.ts";
import { action, type ViewDoor, view } from "../record/index.ts";
import { addMonths, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { frozenInvoices } from "../invoicing/index.ts";
import { promotionIdInput } from "./propose-rules.action.ts";
import { beyondLimit, proposalSchema, tenantEffect, type TenantEffect } from "./promotion.ts";
import { movePromotion, readPromotion } from "./promotion.store.ts";

/** Over how many of the last months with an allocation a proposal is rehearsed. */
const MONTHS = 3;
const LOOK_BACK = 12;
const SHOWN = 20;

const input = z.object({ promotion_id: promotionIdInput });

/** Months from a day on that are billed, in part or whole, or closed: rules never change what was. */
const settledFrom = async (door: ViewDoor, from: Month): Promise<Month[]> => {
  const last = monthOf(dayOf(door.now));
  const settled: Month[] = [];
  for (let month = from; month <= last; month = addMonths(month, 1)) {
    const isSettled = await door.load(
      async (tx) =>
        (await periodState(tx, month)) === "closed" || (await frozenInvoices(tx, monthPeriod(month))).length > 0,
    );
    if (isSettled) settled.push(month);
  }
  return settled;
};

/** Why a proposal cannot be promoted as it is; empty where it can. */
export const validateProposal = view("promotion.validate", { needs: "rules:read", input }, async (door, asked) => {
  const promotion = await door.load((tx) => readPromotion(tx, asked.promotion_id));
  const proposal = proposalSchema.parse(promotion.proposal);
  const ids = proposal.rules.map((rule) => rule.rule_id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const settled = await settledFrom(door, monthOf(proposal.effective_from));
  const reasons = [
    ...twice.map((id) => `the rule ${id} is named twice`),
    ...settled.map((month) => `${month} is billed or closed: let the rules begin after it`),
  ];
  return { is_valid: reasons.length === 0, reasons };
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
    const digest = digestOf({ proposal: promotion.proposal, effects });
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
