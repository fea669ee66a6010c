import { z } from "zod";
import { ruleDefinitionSchema } from "../allocation/index.ts";
import { dayInput, digestOf, type Json, quantityInput } from "../kernel/index.ts";
import { compare, divide, exact, isZero, multiply, negate, subtract, toText, ZERO } from "../money/index.ts";

export type PromotionId = `PRM-${string}`;
export const PROMOTION_STATES = ["proposed", "promoted", "rejected"] as const;
export type PromotionState = (typeof PROMOTION_STATES)[number];

/** Allocation rules as they would be from a day on. */
export const proposalSchema = z.object({
  rules: z.array(ruleDefinitionSchema).min(1).max(100),
  /** The first day of the first month that they count for. */
  effective_from: dayInput.refine((day) => day.endsWith("-01"), "must be the first day of a month"),
  /** How far any tenant's cost of a rehearsed month may move, in percent of what it was. */
  max_change_percent: quantityInput.default("25"),
});

/** What a rehearsed month says of one tenant; decimal text. */
export type TenantEffect = {
  readonly period: string;
  readonly tenant_id: string | null;
  readonly before: string;
  readonly after: string;
  readonly difference: string;
  /** In percent of `before`, without sign; null where that is nothing. */
  readonly change_percent: string | null;
};

const HUNDRED = exact("100");

export const tenantEffect = (of: Omit<TenantEffect, "change_percent">): TenantEffect => {
  if (isZero(exact(of.before))) return { ...of, change_percent: null };
  const change = multiply(divide(subtract(exact(of.after), exact(of.before)), exact(of.before)), HUNDRED);
  return { ...of, change_percent: toText(compare(change, ZERO) < 0 ? negate(change) : change, 4) };
};

/** Which tenants move further than the proposal allows, in words; a tenant that had nothing and gets something is beyond any limit. */
export const beyondLimit = (effects: readonly TenantEffect[], maxPercent: string): string[] =>
  effects
    .filter(({ tenant_id: tenantId, change_percent: percent, difference }) => {
      if (tenantId === null) return false;
      return percent === null ? !isZero(exact(difference)) : compare(exact(percent), exact(maxPercent)) > 0;
    })
    .map(
      ({ period, tenant_id: tenantId, before, after, change_percent: percent }) =>
        `${tenantId} moves from ${before} to ${after} in ${period} (${percent ?? "from nothing"} %, limit ${maxPercent} %)`,
    );

export interface Promotion {
  readonly promotionId: PromotionId;
  readonly proposal: Json;
  readonly state: PromotionState;
  readonly digest: string;
  readonly effects: Json;
  readonly proposedBy: readonly string[];
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What an approver approves: the proposal, what its rehearsal showed, and the rules that it changes as they are. */
export const promotionDigest = (of: Pick<Promotion, "proposal" | "effects">, planDigest: string): string =>
  digestOf({ proposal: of.proposal, effects: of.effects, plan: planDigest });

export const shownPromotion = (promotion: Promotion) => ({
  promotion_id: promotion.promotionId,
  state: promotion.state,
  proposal: promotion.proposal,
  digest: promotion.digest,
  effects: promotion.effects,
  proposed_by: promotion.proposedBy,
  reason: promotion.reason,
  created_at: promotion.createdAt.toISOString(),
  changed_at: promotion.changedAt.toISOString(),
});
