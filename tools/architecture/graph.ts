import { cruise } from "dependency-cruiser";
import type { ICruiseOptions, IModule, IResolveOptions } from "dependency-cruiser";
import { forbidden } from "./rules.ts";
import type { Finding } from "./finding.ts";

/** How imports are read: types count too, installed packages are named but not entered. */
export const cruiseOptions: ICruiseOptions = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "types", "node", "default"],
    extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css"],
  },
};

export interface Graph {
  readonly findings: readonly Finding[];
  readonly modules: readonly IModule[];
}

/** Reads the imports of the folders (paths from the root) and says where they break a rule. */
export const readGraph = async (root: string, paths: readonly string[]): Promise<Graph> => {
  const options: ICruiseOptions = {
    ...cruiseOptions,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: [...forbidden] },
  };
  const resolve: Partial<IResolveOptions> = { ...cruiseOptions.enhancedResolveOptions, bustTheCache: true };
  const { output } = await cruise([...paths], options, resolve);
  if (typeof output === "string") throw new Error("dependency-cruiser answered text where a graph was asked for");
  const allowed = new Map(forbidden.map((rule) => [rule.name, rule.comment]));
  const findings = output.summary.violations.map((violation) => ({
    rule: violation.rule.name,
    file: violation.from,
    message: `imports ${violation.cycle?.map((step) => step.name).join(" -> ") ?? violation.to}; ${allowed.get(violation.rule.name) ?? ""}`,
  }));
  return { findings, modules: output.modules };
};

/**
 * The `.sql.ts` files whose tables would never be created: those that schema/ does not import, or, where drizzle.config.ts
 * gathers them itself with a pattern, those that do not stand directly in a folder of core.
 */
export const ungatheredTables = (modules: readonly IModule[]): Finding[] => {
  const schema = modules.filter((module) => module.source.startsWith("packages/core/src/schema/"));
  const imported = new Set(schema.flatMap((module) => module.dependencies.map((dependency) => dependency.resolved)));
  const isGathered = (file: string): boolean =>
    schema.length > 0 ? imported.has(file) : /^packages\/core\/src\/[^/]+\/[^/]+$/.test(file);
  return modules
    .map((module) => module.source)
    .filter((source) => /^packages\/core\/src\/.*\.sql\.ts$/.test(source) && !isGathered(source))
    .map((file) => ({
      rule: "every-table-gathered",
      file,
      message: `${schema.length > 0 ? "is not imported by packages/core/src/schema" : "does not stand directly in its room"}: its tables would never be created`,
    }));
};
