import { digestOf, type Json } from "../kernel/index.ts";
import { addDays, type Day } from "../time/index.ts";
import type { AllocationRule, RuleDefinition } from "./rule.ts";
import { versionOf } from "./rule-set.ts";

/** One field that a new version has otherwise; null where a side has none. */
export interface FieldChange {
  /** "curve.slabs.0.factor" */
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** What applying definitions does to one rule. */
export interface RulePlanEntry {
  readonly ruleId: string;
  readonly change: "create" | "change" | "retire" | "none";
  readonly before: AllocationRule | null;
  /** The version that it becomes; null where nothing is added. */
  readonly after: AllocationRule | null;
  readonly fields: readonly FieldChange[];
}

export interface RulePlan {
  readonly effectiveFrom: Day;
  /** In the order of the rules' ids. */
  readonly entries: readonly RulePlanEntry[];
  /** Digest of what is there and of what becomes of it: a plan is applied only to the rules it was made for. */
  readonly digest: string;
}

const NOT_DEFINED = new Set(["version", "status", "effective_from", "effective_to"]);

/** The definition of a version: all but its number, its days and its status. */
export const definitionOf = (rule: AllocationRule | RuleDefinition): { readonly [field: string]: Json } =>
  Object.fromEntries(Object.entries(rule).filter(([field]) => !NOT_DEFINED.has(field))) as { [field: string]: Json };

const isBranch = (value: Json | undefined): value is { readonly [key: string]: Json } | readonly Json[] =>
  typeof value === "object" && value !== null;

const leaves = (value: Json, path: string): [string, Json][] =>
  isBranch(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, part]) => leaves(part, path === "" ? key : `${path}.${key}`))
    : [[path, value]];

/** The fields in which two definitions differ, leaf by leaf. */
export const fieldChanges = (before: Json, after: Json): FieldChange[] => {
  const [old, next] = [new Map(leaves(before, "")), new Map(leaves(after, ""))];
  return [...new Set([...old.keys(), ...next.keys()])].toSorted().flatMap((field): FieldChange[] => {
    const [left, right] = [old.get(field) ?? null, next.get(field) ?? null];
    return digestOf(left) === digestOf(right) ? [] : [{ field, before: left, after: right }];
  });
};

/** Of each rule the highest active version that has not ended before a day; one that starts later counts too. */
export const latestRules = (rules: readonly AllocationRule[], day: Day): Map<string, AllocationRule> => {
  const latest = new Map<string, AllocationRule>();
  for (const rule of rules) {
    if (rule.status !== "active" || (rule.effective_to !== null && rule.effective_to < day)) continue;
    const other = latest.get(rule.rule_id);
    if (!other || other.version < rule.version) latest.set(rule.rule_id, rule);
  }
  return latest;
};

const entryOf = (
  rules: readonly AllocationRule[],
  before: AllocationRule | undefined,
  definition: RuleDefinition,
  effectiveFrom: Day,
): RulePlanEntry => {
  const ruleId = definition.rule_id;
  if (!before)
    return {
      ruleId,
      change: "create",
      before: null,
      after: versionOf(rules, definition, effectiveFrom),
      fields: fieldChanges({}, definitionOf(definition)),
    };
  const fields = fieldChanges(definitionOf(before), definitionOf(definition));
  if (fields.length === 0) return { ruleId, change: "none", before, after: null, fields };
  return { ruleId, change: "change", before, after: versionOf(rules, definition, effectiveFrom), fields };
};

/**
 * What definitions do to the rules that are there, from a day on: a new version where a rule is new or differs, and the end of those
 * that are retired (all that are not named, where the definitions are `isComplete`). The same definitions again change nothing.
 */
export const planRules = (
  rules: readonly AllocationRule[],
  wanted: {
    readonly definitions: readonly RuleDefinition[];
    readonly retired: readonly string[];
    readonly isComplete: boolean;
    readonly effectiveFrom: Day;
  },
): RulePlan => {
  const { effectiveFrom } = wanted;
  const latest = latestRules(rules, effectiveFrom);
  const named = new Set(wanted.definitions.map((definition) => definition.rule_id));
  const ending = [...latest.values()].filter(
    ({ rule_id: ruleId }) => wanted.retired.includes(ruleId) || (wanted.isComplete && !named.has(ruleId)),
  );
  const entries = [
    ...wanted.definitions.map((definition) =>
      entryOf(rules, latest.get(definition.rule_id), definition, effectiveFrom),
    ),
    ...ending.map((before): RulePlanEntry => ({
      ruleId: before.rule_id,
      change: "retire",
      before,
      after: null,
      fields: fieldChanges(definitionOf(before), {}),
    })),
  ].toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
  const digest = digestOf({
    effective_from: effectiveFrom,
    entries: entries.map(({ ruleId, change, before, after }) => ({
      rule: ruleId,
      change,
      before: before?.version ?? null,
      after: after?.version ?? null,
      definition: after === null ? null : definitionOf(after),
    })),
  });
  return { effectiveFrom, entries, digest };
};

/** The last day of a rule that is retired from a day on. */
export const lastDayBefore = (effectiveFrom: Day): Day => addDays(effectiveFrom, -1);
