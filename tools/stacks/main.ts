/**
 * Evaluates sst.config.ts with SST's own components for a small and for the production stage, without an account or the internet, and
 * holds every rule to what they ask for. Each rule is also shown a broken stage, which it must notice.
 */
import { bundleProgram } from "./evaluate/bundle-program.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import type { Evaluation } from "./evaluate/evaluation.ts";
import { installPlatform } from "./evaluate/install.ts";
import { lintFaults, typeFaults } from "./inspect-source.ts";
import { accessRules } from "./rules/access.ts";
import { bucketRules, databaseRules } from "./rules/kept.ts";
import { providerRules, providerShapes } from "./rules/provider.ts";
import type { Rule } from "./rules/rule.ts";
import { stageRules } from "./rules/stage.ts";

const STAGES = ["dev", "production"];

interface Verdict {
  readonly faults: readonly string[];
  readonly rules: number;
  readonly breaks: number;
}

const judge = (found: Evaluation, rules: readonly Rule[]): Verdict => {
  const held = rules.filter(({ stage }) => stage === undefined || stage === found.stage);
  const faults = held.flatMap((rule) => rule.check(found).map((fault) => `${fault} [${rule.name}]`));
  const blind = held.flatMap((rule) =>
    Object.entries(rule.breaks)
      .filter(([, breakIt]) => rule.check(breakIt(found)).length <= rule.check(found).length)
      .map(([what]) => `was not noticed: ${what} [${rule.name}]`),
  );
  const untested = held
    .filter(({ breaks }) => Object.keys(breaks).length === 0)
    .map(({ name }) => `is never broken [${name}]`);
  const breaks = held.reduce((sum, rule) => sum + Object.keys(rule.breaks).length, 0);
  return { faults: [...faults, ...blind, ...untested], rules: held.length, breaks };
};

let failed = 0;
const fail = (fault: string): void => {
  failed += 1;
  console.error(fault);
};

const root = process.cwd();
installPlatform(root);
for (const fault of typeFaults(root)) fail(fault);
const lint = lintFaults(root);
if (lint !== "") fail(lint);
const program = await bundleProgram(root);
const rules = [...providerRules(providerShapes(root)), ...stageRules, ...accessRules, ...bucketRules, ...databaseRules];
const closing: string[] = [];
for (const stage of STAGES) {
  const found = await evaluate(root, program, stage, []);
  const verdict = judge(found, rules);
  for (const fault of verdict.faults) fail(`${stage}: ${fault}`);
  closing.push(
    `${stage}: ${found.resources.length} resources, ${verdict.rules} rules (each broken, ${verdict.breaks} ways), ${verdict.faults.length} faults`,
  );
}
console.log(`stacks: ${closing.join("; ")}`);
process.exitCode = failed === 0 ? 0 : 1;
