import type { RowDifference } from "./compare.ts";
import { type InputDigests, inputDigests } from "./input-digests.ts";
import type { AllocationInput } from "./plan.ts";
import type { AllocationRule } from "./rule.ts";
import { definitionOf, fieldChanges } from "./rule-plan.ts";

type Kept = Omit<AllocationInput, "costs">;

const NOWHERE = { pool: null, tenant_id: null, service: null, rule: null } as const;

/** What a run keeps of its rules, usage and tenants, held against the digests that it was recorded under. */
const keptDifference = (input: Kept, recorded: InputDigests): RowDifference | undefined => {
  const kept = inputDigests(input);
  const field = (["rulesDigest", "usageDigest", "tenantsDigest"] as const).find(
    (name) => kept[name] !== recorded[name],
  );
  return field && { ...NOWHERE, field: `inputs/${field}`, stored: recorded[field], recomputed: kept[field] };
};

/** A rule version that a run was made with never changes: what is kept of it and what is there now must be the same. */
const ruleDifference = (rule: AllocationRule, rules: readonly AllocationRule[]): RowDifference | undefined => {
  const place = { ...NOWHERE, rule: `${rule.rule_id}@${rule.version}` };
  const now = rules.find(({ rule_id, version }) => rule_id === rule.rule_id && version === rule.version);
  if (!now) return { ...place, field: "inputs/rules", stored: null, recomputed: definitionOf(rule) };
  const [changed] = fieldChanges(definitionOf(now), definitionOf(rule));
  return (
    changed && {
      ...place,
      field: `inputs/rules/${changed.field}`,
      stored: changed.before ?? null,
      recomputed: changed.after ?? null,
    }
  );
};

/** The first of the things that a run was made from that is no longer what it was; undefined where all of them are. */
export const inputDifference = (
  input: Kept,
  of: { readonly recorded: InputDigests; readonly rules: readonly AllocationRule[] },
): RowDifference | undefined =>
  keptDifference(input, of.recorded) ??
  input.rules.map((rule) => ruleDifference(rule, of.rules)).find((difference) => difference !== undefined);
