/**
 * Evaluates sst.config.ts with SST's own components for a small and for the production stage, without an account or the internet, and
 * holds every rule to what they ask for. Each rule is also shown a broken stage, which it must notice.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { guideFaults } from "./deploy-guide.ts";
import { bundleProgram } from "./evaluate/bundle-program.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import { installPlatform } from "./evaluate/install.ts";
import { lintFaults, typeFaults } from "./inspect-source.ts";
import { judge } from "./judge.ts";
import { allRules } from "./rules/index.ts";

const STAGES = ["dev", "production"];

/** The stack uploads the built dashboard. */
const buildDashboard = (root: string): void => {
  if (existsSync(join(root, "packages/web/dist/index.html"))) return;
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", "build", "--workspace", "@commops/web"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the dashboard cannot be built:\n${stdout}${stderr}`);
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
for (const fault of guideFaults(root)) fail(fault);
buildDashboard(root);
const program = await bundleProgram(root);
const rules = allRules(root);
const closing: string[] = [];
for (const stage of STAGES) {
  const found = await evaluate(root, program, stage, ["OidcClientSecret"]);
  const verdict = await judge(found, rules);
  for (const fault of verdict.faults) fail(`${stage}: ${fault}`);
  closing.push(
    `${stage}: ${found.resources.length} resources, ${found.bundles.length} bundles, ${verdict.rules} rules (each broken, ${verdict.breaks} ways), ${verdict.faults.length} faults`,
  );
}
console.log(`stacks: ${closing.join("; ")}`);
process.exitCode = failed === 0 ? 0 : 1;
