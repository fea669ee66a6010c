import { z } from "zod";
import { dayInput, invalid, missing, precondition } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, type Outcome, view } from "../record/index.ts";
import { type Day, dayOf } from "../time/index.ts";
import { type AllocationRule, ruleDefinitionSchema } from "./rule.ts";
import { lastDayBefore, planRules, type RulePlan } from "./rule-plan.ts";
import { shownPlan, shownRule } from "./rule-wire.ts";
import { endRule, lockRules, readAllocationRules, storeAllocationRules } from "./rules.store.ts";
import { refuseSettled, settledMonths } from "./settled.store.ts";

const setInput = {
  rules: z.array(ruleDefinitionSchema).max(500).default([]),
  /** Ids of rules that end. */
  retire: z.array(z.string()).max(500).default([]),
  /** The rules are all there are to be: one that is not named ends. */
  is_complete: z.boolean().default(false),
  /** Counts for the months that begin on this day or later; today where it is left out. */
  effective_from: dayInput.optional(),
};
type Wanted = z.output<z.ZodObject<typeof setInput>>;

/** Names given twice would leave it open which of them is meant, and an unknown one ends nothing. Throws an invalid Problem. */
export const checkNames = (
  rules: readonly AllocationRule[],
  named: { readonly rules: readonly { readonly rule_id: string }[]; readonly retire: readonly string[] },
): void => {
  const ids = named.rules.map((rule) => rule.rule_id);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) !== index || named.retire.includes(id))
      throw invalid(`rules.${index}.rule_id`, `the rule ${id} is named twice`);
  const unknown = named.retire.findIndex((id) => !rules.some((rule) => rule.rule_id === id));
  if (unknown >= 0) throw invalid(`retire.${unknown}`, `there is no rule ${named.retire[unknown]}`);
};

const planned = async (tx: Tx, wanted: Wanted, today: Day): Promise<RulePlan> => {
  const rules = await readAllocationRules(tx);
  checkNames(rules, wanted);
  return planRules(rules, {
    definitions: wanted.rules,
    retired: wanted.retire,
    isComplete: wanted.is_complete,
    effectiveFrom: wanted.effective_from ?? today,
  });
};

const changes = (plan: RulePlan): boolean => plan.entries.some(({ change }) => change !== "none");

/** Throws a precondition Problem where the plan would alter a month that is billed or closed. */
const checkForward = async (tx: Tx, plan: RulePlan): Promise<void> => {
  if (changes(plan)) await refuseSettled(tx, plan.effectiveFrom, "rules");
};

/**
 * What applying rules would do, rule by rule and field by field, and whether it may be done; nothing is stored. Every fault of a
 * rule is named by its place: `rules.2.curve.slabs.0.up_to`.
 */
export const planRuleChange = view(
  "allocation.rules.plan",
  { needs: "rules:read", input: z.object(setInput) },
  async (door, input) =>
    door.load(async (tx) => {
      const plan = await planned(tx, input, dayOf(door.now));
      const settled = changes(plan) ? await settledMonths(tx, plan.effectiveFrom) : [];
      return { ...shownPlan(plan), billed_or_closed: settled };
    }),
);

const write = async (tx: Tx, plan: RulePlan, now: Date): Promise<void> => {
  // What a new installation starts with becomes its own before anything is changed about it.
  await storeAllocationRules(tx, await readAllocationRules(tx), now);
  for (const { change, ruleId } of plan.entries)
    if (change === "retire") await endRule(tx, ruleId, lastDayBefore(plan.effectiveFrom));
  await storeAllocationRules(
    tx,
    plan.entries.flatMap(({ after }) => after ?? []),
    now,
  );
};

interface Applied {
  readonly plan: RulePlan;
  readonly applied: boolean;
}

/** Plans, checks, and writes in one transaction; `show` makes the answer from what is there then. */
const apply = async <T>(
  door: ActionDoor,
  input: Wanted & { readonly plan_digest?: string | undefined },
  show: (tx: Tx, done: Applied) => Promise<T>,
): Promise<Outcome<T>> => {
  const today = dayOf(door.now);
  const seen = await door.load((tx) => planned(tx, input, today));
  if (input.plan_digest !== undefined && input.plan_digest !== seen.digest)
    throw precondition(
      `the rules are not what the plan was made for: its digest is ${input.plan_digest}, now it is ${seen.digest}. Plan again.`,
    );
  await door.load((tx) => checkForward(tx, seen));
  if (!changes(seen)) return door.unchanged(await door.load((tx) => show(tx, { plan: seen, applied: false })));
  const metadata = { ...shownPlan(seen).counts, plan_digest: seen.digest, effective_from: seen.effectiveFrom };
  const subject = { objectType: "allocation_rules", objectId: seen.digest, metadata };
  return door.save(subject, async (tx) => {
    await lockRules(tx);
    const plan = await planned(tx, input, today);
    if (plan.digest !== seen.digest)
      throw precondition("the rules were changed at the same time. Plan again, and look at what is new.");
    await checkForward(tx, plan);
    await write(tx, plan, door.now);
    return show(tx, { plan, applied: true });
  });
};

const showPlan = (_tx: Tx, { plan, applied }: Applied) => Promise.resolve({ ...shownPlan(plan), applied });

/**
 * Applies rules as new versions: forward-effective, all or none. With the digest of a plan only what was planned is applied. The same
 * rules again change nothing. Throws a precondition Problem where a billed or closed month would be altered.
 */
export const applyRules = action(
  "allocation.rules.apply",
  { needs: "rules:write", input: z.object({ ...setInput, plan_digest: z.string().optional() }) },
  (door, input) => apply(door, input, showPlan),
);

/** Adds a version of one rule, or the rule itself; the answer is the newest version that is there then. */
export const putRule = action(
  "allocation.rules.put",
  {
    needs: "rules:write",
    input: z.object({ rule: ruleDefinitionSchema, effective_from: setInput.effective_from }),
  },
  (door, { rule, effective_from }) =>
    apply(door, { rules: [rule], retire: [], is_complete: false, effective_from }, async (tx, { applied }) => {
      const newest = (await readAllocationRules(tx)).findLast((one) => one.rule_id === rule.rule_id);
      if (!newest) throw missing("allocation rule", rule.rule_id);
      return { rule: shownRule(newest), applied };
    }),
);

/** Ends a rule: from a day on (today where none is named) no version of it is in force. */
export const retireRule = action(
  "allocation.rules.retire",
  { needs: "rules:write", input: z.object({ rule_id: z.string(), effective_from: setInput.effective_from }) },
  (door, { rule_id: ruleId, effective_from }) =>
    apply(door, { rules: [], retire: [ruleId], is_complete: false, effective_from }, showPlan),
);
