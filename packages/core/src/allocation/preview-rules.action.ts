import { z } from "zod";
import { digestOf, type Json } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { monthPeriod } from "../time/index.ts";
import { allocate, shownCost } from "./allocate.ts";
import { allocationOf } from "./allocate-period.action.ts";
import { activeRuns } from "./allocation.store.ts";
import { checkNames } from "./change-rules.action.ts";
import { prepareAllocation, readCosts } from "./inputs.store.ts";
import type { AllocationPlan } from "./plan.ts";
import { allocationPolicySchema } from "./policy.ts";
import { type BearerEffect, type Moved, type RuleEffect, ruleEffect } from "./preview.ts";
import { type AllocationRule, ruleDefinitionSchema } from "./rule.ts";
import { changedRules } from "./rule-set.ts";
import { readAllocationRules } from "./rules.store.ts";

const previewInput = z.object({
  ...allocationOf,
  /** Rules as they would be: each takes the place of the rule with its id, or is added. */
  rules: z.array(ruleDefinitionSchema).max(500).default([]),
  /** Ids of rules that would end. */
  retire: z.array(z.string()).max(500).default([]),
  /** The routing policy as it would be; the one in force where it is left out. */
  policy: allocationPolicySchema.optional(),
  /** Tenants shown one by one, those that move most; the others are summed. */
  limit: z.coerce.number().int().min(1).max(10_000).default(200),
});

const shown = ({ before, after, difference }: Moved) => ({
  before: shownCost(before),
  after: shownCost(after),
  difference: shownCost(difference),
});

const shownBearer = ({ tenantId, services, ...amounts }: BearerEffect) => ({
  tenant_id: tenantId,
  ...shown(amounts),
  services: services.map(({ service, ...of }) => ({ service, ...shown(of) })),
});

const sumOf = (effects: readonly Moved[]): Moved =>
  effects.reduce<Moved>(
    (sum, { before, after, difference }) => ({
      before: sum.before + before,
      after: sum.after + after,
      difference: sum.difference + difference,
    }),
    { before: 0n, after: 0n, difference: 0n },
  );

const shownEffect = ({ totals, bearers, moved }: RuleEffect, limit: number) => {
  const operator = bearers.find(({ tenantId }) => tenantId === null);
  const tenants = bearers.filter(({ tenantId }) => tenantId !== null);
  const rest = tenants.slice(limit);
  return {
    totals: {
      total: shown(totals.total),
      direct: shown(totals.direct),
      allocated: shown(totals.allocated),
      overhead: shown(totals.overhead),
      untagged: shown(totals.untagged),
    },
    moved: shownCost(moved),
    tenants: tenants.slice(0, limit).map(shownBearer),
    other_tenants: { count: rest.length, ...shown(sumOf(rest)) },
    operator: shownBearer(operator ?? { tenantId: null, ...sumOf([]), services: [] }),
  };
};

const named = (rule: AllocationRule) => `${rule.rule_id}@${rule.version}`;

const shownFindings = (plan: AllocationPlan) =>
  plan.findings.map(({ code, service, ruleId, subject, cost, message }) => ({
    code,
    service,
    rule_id: ruleId,
    subject,
    cost: shownCost(cost),
    message,
  }));

/**
 * What a past period would have been with other rules: the same calculation over the same cost, usage and tenants, once with the
 * rules in force and once with the candidates; nothing is stored. Amounts are decimal text in the period's currency; before +
 * difference = after, and all differences add up to zero. Throws a missing Problem where the period has no cost.
 */
export const previewRules = view(
  "allocation.rules.preview",
  { needs: "rules:read", input: previewInput },
  async (door, input) => {
    const period = monthPeriod(input.period);
    const rules = await door.load(readAllocationRules);
    checkNames(rules, input);
    const candidates = changedRules(rules, { definitions: input.rules, retired: input.retire }, period);
    const of = { month: input.period, basis: input.basis, currency: input.currency, candidates };
    const prepared = await door.load((tx) => prepareAllocation(tx, of));
    const costs = await door.load((tx) => readCosts(tx, prepared));
    const { input: now, origin } = prepared;
    const policy = input.policy ?? now.policy;
    const before = allocate({ ...now, costs });
    const after = allocate({ ...now, costs, rules: candidates, policy });
    const [run] = await door.load((tx) => activeRuns(tx, { period, basis: now.basis, currency: now.currency }));
    const inputs: Record<string, Json> = {
      delivery_digest: origin.deliveryDigest,
      usage_digest: origin.usageDigest,
      tenants_digest: origin.tenantsDigest,
      rules_digest_before: origin.rulesDigest,
      rules_digest_after: digestOf({ rules: candidates, policy }),
    };
    return {
      period: input.period,
      basis: now.basis,
      currency: now.currency,
      ...shownEffect(ruleEffect(before, after), input.limit),
      rules: { before: now.rules.map(named), after: candidates.map(named) },
      findings: shownFindings(after),
      /** Whether the allocation that counts says the same as `before`; false where its inputs changed since. */
      before_is_active_run: run?.planDigest === before.digest,
      active_run_id: run?.runId ?? null,
      inputs: { ...inputs, digest: digestOf(inputs) },
      digest_before: before.digest,
      digest_after: after.digest,
    };
  },
);
