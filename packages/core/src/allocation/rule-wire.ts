import { digestOf } from "../kernel/index.ts";
import type { AllocationRule } from "./rule.ts";
import { definitionOf, type RulePlan, type RulePlanEntry } from "./rule-plan.ts";

/** A rule version as the API shows it: what people write, its number and its days. */
export const shownRule = (rule: AllocationRule) => ({ ...rule, definition_digest: digestOf(definitionOf(rule)) });

export const shownEntry = ({ ruleId, change, before, after, fields }: RulePlanEntry) => ({
  rule_id: ruleId,
  change,
  version_before: before?.version ?? null,
  version_after: after?.version ?? null,
  fields,
});

export const shownPlan = (plan: RulePlan) => ({
  effective_from: plan.effectiveFrom,
  changes: plan.entries.map(shownEntry),
  counts: {
    create: plan.entries.filter(({ change }) => change === "create").length,
    change: plan.entries.filter(({ change }) => change === "change").length,
    retire: plan.entries.filter(({ change }) => change === "retire").length,
    none: plan.entries.filter(({ change }) => change === "none").length,
  },
  plan_digest: plan.digest,
});
