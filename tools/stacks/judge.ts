import type { Evaluation } from "./evaluate/evaluation.ts";
import type { Rule } from "./rules/rule.ts";

export interface Verdict {
  readonly faults: readonly string[];
  readonly rules: number;
  readonly breaks: number;
}

/** Ways to break a stage that a rule did not notice. */
const blindSpots = async (rule: Rule, found: Evaluation): Promise<string[]> => {
  const before = (await rule.check(found)).length;
  const blind: string[] = [];
  for (const [what, breakIt] of Object.entries(rule.breaks)) {
    if ((await rule.check(breakIt(found))).length <= before) blind.push(`was not noticed: ${what} [${rule.name}]`);
  }
  return blind;
};

/** Holds the rules to a stage, and shows each of them every way to break it, which it must notice. */
export const judge = async (found: Evaluation, rules: readonly Rule[]): Promise<Verdict> => {
  const held = rules.filter(({ stage }) => stage === undefined || stage === found.stage);
  const faults: string[] = [];
  let breaks = 0;
  for (const rule of held) {
    faults.push(
      ...(await rule.check(found)).map((fault) => `${fault} [${rule.name}]`),
      ...(await blindSpots(rule, found)),
    );
    breaks += Object.keys(rule.breaks).length;
    if (Object.keys(rule.breaks).length === 0) faults.push(`is never broken [${rule.name}]`);
  }
  return { faults, rules: held.length, breaks };
};
