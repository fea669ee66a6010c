import type { Day, Period } from "../time/index.ts";
import { type AllocationRule, type RuleDefinition, rulesInForce } from "./rule.ts";

/** A change of the rules in force: definitions that are added or take the place of the rule with their id, and rules that end. */
export interface RuleChange {
  readonly definitions: readonly RuleDefinition[];
  readonly retired: readonly string[];
}

const nextVersion = (rules: readonly AllocationRule[], ruleId: string): number =>
  rules.reduce((highest, rule) => (rule.rule_id === ruleId ? Math.max(highest, rule.version) : highest), 0) + 1;

/** The version that a definition becomes when it is applied: the next one of its rule, in force from a day on. */
export const versionOf = (
  rules: readonly AllocationRule[],
  definition: RuleDefinition,
  effectiveFrom: Day,
): AllocationRule => ({
  ...definition,
  version: nextVersion(rules, definition.rule_id),
  effective_from: effectiveFrom,
  effective_to: null,
  status: "active",
});

/** The rules that would be in force for a period if a change had been made before it, in the order in which they are tried. */
export const changedRules = (
  rules: readonly AllocationRule[],
  change: RuleChange,
  period: Period,
): AllocationRule[] => {
  const gone = new Set([...change.retired, ...change.definitions.map((definition) => definition.rule_id)]);
  const kept = rulesInForce(rules, period).filter((rule) => !gone.has(rule.rule_id));
  const added = change.definitions.map((definition) => versionOf(rules, definition, period.start));
  return rulesInForce([...kept, ...added], period);
};
