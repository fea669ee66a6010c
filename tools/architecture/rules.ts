import type { IRegularForbiddenRuleType } from "dependency-cruiser";
import { allowedFor, corridor, folders, pureFolders } from "./rooms.ts";

const any = (names: readonly string[]): string => `(?:${names.join("|")})`;
const core = (path: string): string => `^packages/core/src/${path}`;
const OURS = "^(packages/(core|functions|web)/src/|stacks/|bench/|test/)";
const TEST = "\\.test\\.tsx?$";
const EFFECT = "\\.(sql|store|action|test)\\.tsx?$";
const ROOMS = any(["record", ...corridor]);

/** Builtins that compute and touch nothing; what is taken from node:crypto is looked at name by name (purity.ts). */
const PURE_BUILTINS = "^(node:)?(buffer|crypto|url|util)$";
const IO_PACKAGES = any([
  "@aws-sdk/",
  "@duckdb/",
  "@electric-sql/",
  "@hono/",
  "drizzle-orm",
  "hono",
  "nodemailer",
  "openid-client",
  "postgres",
  "smtp-server",
  "stripe",
  "razorpay",
]);

type Rule = IRegularForbiddenRuleType;

const rule = (name: string, comment: string, from: Rule["from"], to: Rule["to"]): Rule => ({
  name,
  comment,
  severity: "error",
  from,
  to,
});

/** One rule a folder of core: what of ours it may import. Tests may also use adapters and the schema, to have a database. */
const folderRules = folders.flatMap((folder): Rule[] => {
  const allowed = [folder, ...allowedFor(folder)];
  const comment = `${folder} may import ${allowedFor(folder).join(", ") || "nothing of ours"}`;
  const outside = (names: readonly string[]): Rule["to"] => ({ path: OURS, pathNot: core(`${any(names)}/`) });
  return [
    rule(`order-${folder}`, comment, { path: core(`${folder}/`), pathNot: TEST }, outside(allowed)),
    rule(
      `order-${folder}-tests`,
      `${comment}; its tests also adapters, schema and workflows`,
      { path: core(`${folder}/.*${TEST}`) },
      outside([...allowed, "adapters", "schema", "workflows"]),
    ),
  ];
});

const doorRules: Rule[] = [
  rule(
    "through-the-door",
    "another room is used through its index.ts only (a .sql.ts may refer to the tables of another .sql.ts, a test may set them up)",
    { path: core(`(${ROOMS})/`), pathNot: [TEST, "\\.sql\\.ts$"] },
    { path: core(`${ROOMS}/`), pathNot: [core("$1/"), core(`${ROOMS}/index\\.ts$`)] },
  ),
  rule(
    "tables-stay-in-their-room",
    "a table is queried only in its own room: index.ts shows functions and words, no table",
    { path: core(`${ROOMS}/index\\.ts$`) },
    { path: "\\.sql\\.ts$", dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "schema-gathers-tables",
    "schema imports .sql.ts files and nothing else of a room",
    { path: core("schema/"), pathNot: TEST },
    { path: core(`${ROOMS}/`), pathNot: "\\.sql\\.ts$" },
  ),
  rule(
    "door-from-outside",
    "other packages use @commops/core/<room>, which is its index.ts, and @commops/core/adapters/...",
    { path: "^(packages/(functions|web)/src/|stacks/|bench/)", pathNot: TEST },
    { path: core(""), pathNot: [core("[^/]+/index\\.ts$"), core("adapters/")] },
  ),
];

const pureFile: Rule["from"] = { path: core(`${any(pureFolders)}/`), pathNot: [EFFECT, "/index\\.ts$"] };

const purityRules: Rule[] = [
  rule("pure-no-effects", "a file without a suffix is pure: no .sql, .store, .action, ports or adapters", pureFile, {
    path: ["\\.(sql|store|action)\\.ts$", core("(ports|adapters)/")],
  }),
  rule("pure-no-builtins", "a file without a suffix is pure: no I/O builtin", pureFile, {
    dependencyTypes: ["core"],
    pathNot: PURE_BUILTINS,
  }),
  rule(
    "pure-no-io-packages",
    "a file without a suffix is pure: no package that does I/O",
    { ...pureFile, pathNot: [EFFECT, "/index\\.ts$", core("kernel/columns\\.ts$")] },
    { path: `(^|node_modules/)${IO_PACKAGES}` },
  ),
  rule(
    "tables-import-tables",
    "a .sql.ts imports .sql.ts files, the kernel and the words of its own room; of others types only",
    { path: core(`(${ROOMS})/.*\\.sql\\.ts$`) },
    {
      path: OURS,
      pathNot: ["\\.sql\\.ts$", core("(money|time|kernel)/"), core("$1/(?!index\\.ts)[^.]+\\.ts$")],
      dependencyTypesNot: ["type-only"],
    },
  ),
];

const packageRules: Rule[] = [
  rule(
    "only-runtime-chooses-adapters",
    "only packages/functions/src/runtime (and tests, conformance and benches) imports adapters",
    {
      path: "^(packages/(functions|web)/src/|stacks/)",
      pathNot: ["^packages/functions/src/(runtime|conformance)/", TEST],
    },
    { path: core("adapters/") },
  ),
  rule(
    "web-computes-nothing-of-the-server",
    "web uses core/money and core/time, and types of the API",
    { path: "^packages/web/src/", pathNot: TEST },
    {
      path: "^packages/(core|functions)/src/",
      pathNot: core("(money|time)/index\\.ts$"),
      dependencyTypesNot: ["type-only"],
    },
  ),
  rule(
    "stacks-read-plain-data",
    "stacks read core/workflows and functions/src/schedules.ts only",
    { path: "^stacks/", pathNot: TEST },
    { path: "^packages/", pathNot: [core("workflows/index\\.ts$"), "^packages/functions/src/schedules\\.ts$"] },
  ),
  rule(
    "functions-not-web",
    "functions serve the built dashboard; they import nothing of it",
    { path: "^packages/functions/src/" },
    { path: "^(packages/web/src/|stacks/)" },
  ),
];

const generalRules: Rule[] = [
  rule("no-circles", "no circles, neither of values nor of types", {}, { circular: true }),
  rule("resolvable", "every import leads somewhere", {}, { couldNotResolve: true, pathNot: "\\?(raw|url|inline)$" }),
  rule(
    "no-tests-in-product",
    "no file of the product imports a test, or what stands ready for tests",
    { path: "^(packages/[^/]+/src/|stacks/)", pathNot: TEST },
    { path: [TEST, "^packages/[^/]+/testing/", "^test/"] },
  ),
];

/** The import rules of the house, as dependency-cruiser reads them. */
export const forbidden: readonly Rule[] = [
  ...folderRules,
  ...doorRules,
  ...purityRules,
  ...packageRules,
  ...generalRules,
];
