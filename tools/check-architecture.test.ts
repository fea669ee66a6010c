import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspect } from "./architecture/house.ts";
import type { Inspection } from "./architecture/house.ts";

const home = process.cwd();
const C = "packages/core/src";
const F = "packages/functions/src";
const W = "packages/web/src";

/** A small house in which everything is where it belongs. */
const sound: Readonly<Record<string, string>> = {
  "packages/core/package.json": JSON.stringify({
    name: "@commops/core",
    type: "module",
    exports: { "./adapters/*": "./src/adapters/*", "./*": "./src/*/index.ts" },
  }),
  [`${C}/money/index.ts`]: `export const one = 1n;`,
  [`${C}/time/index.ts`]: `export type Day = string;`,
  [`${C}/kernel/index.ts`]: `export * from "./columns.ts";\nexport * from "./canonical.ts";`,
  [`${C}/kernel/columns.ts`]: `import { numeric } from "drizzle-orm/pg-core";\nexport const exactColumn = numeric;`,
  [`${C}/kernel/canonical.ts`]: `import { createHash } from "node:crypto";\nexport const sha = createHash;`,
  [`${C}/ports/index.ts`]: `export interface Clock { now(): Date }`,
  [`${C}/record/index.ts`]: `export * from "./action.ts";`,
  [`${C}/record/action.ts`]: `import type { Clock } from "../ports/index.ts";\nexport const action = async (clock: Clock) => clock.now();`,
  [`${C}/catalog/index.ts`]: `export * from "./sku.ts";`,
  [`${C}/catalog/sku.ts`]: `export const sku = (at: string) => new Date(at);`,
  [`${C}/catalog/catalog.sql.ts`]: `import { exactColumn } from "../kernel/index.ts";\nexport const skus = exactColumn;`,
  [`${C}/rating/index.ts`]: `export * from "./charge.ts";\nexport * from "./rating.store.ts";`,
  [`${C}/rating/charge.ts`]: `import { one } from "../money/index.ts";\nimport { sku } from "../catalog/index.ts";\nexport const charge = [one, sku];`,
  [`${C}/rating/rating.sql.ts`]: `import { skus } from "../catalog/catalog.sql.ts";\nimport { charge } from "./charge.ts";\nexport const charges = [skus, charge];`,
  [`${C}/rating/rating.store.ts`]: `import { charges } from "./rating.sql.ts";\nexport const load = async () => charges;`,
  [`${C}/rating/charge.test.ts`]: `import { open } from "../adapters/embedded/database.ts";\nexport const seen = open;`,
  [`${C}/invoicing/index.ts`]: `export const draft = 1;`,
  [`${C}/workflows/index.ts`]: `export const machines = [];`,
  [`${C}/schema/index.ts`]: `export * from "../catalog/catalog.sql.ts";\nexport * from "../rating/rating.sql.ts";`,
  [`${C}/adapters/embedded/database.ts`]: `import { readFileSync } from "node:fs";\nimport * as schema from "../../schema/index.ts";\nexport const open = [schema, readFileSync];`,
  [`${F}/runtime/embedded.ts`]: `import { open } from "@commops/core/adapters/embedded/database.ts";\nexport const runtime = open;`,
  [`${F}/api/app.ts`]: `import { charge } from "@commops/core/rating";\nexport type Api = typeof charge;`,
  [`${F}/schedules.ts`]: `export const schedules = [];`,
  [`${W}/api.ts`]: `import type { Api } from "../../functions/src/api/app.ts";\nimport { one } from "@commops/core/money";\nexport const client = (api: Api) => [api, one];`,
  "stacks/workflows.ts": `import { machines } from "@commops/core/workflows";\nexport const deployed = machines;`,
};

/** Breaches, each with the file that is added, and what the tool must say about it. */
// prettier-ignore
const breaches: readonly (readonly [what: string, file: string, text: string, rule: string])[] = [
  ["money imports something of ours", `${C}/money/bad.ts`, `import "../kernel/index.ts";`, "order-money"],
  ["the kernel imports a port", `${C}/kernel/bad.ts`, `import type { Clock } from "../ports/index.ts";\nexport type A = Clock;`, "order-kernel"],
  ["a room imports a room to its right", `${C}/catalog/bad.ts`, `import "../invoicing/index.ts";`, "order-catalog"],
  ["a test imports a room to its right", `${C}/catalog/bad.test.ts`, `import "../invoicing/index.ts";`, "order-catalog-tests"],
  ["a room imports a room's inside", `${C}/invoicing/inside.ts`, `import "../rating/charge.ts";`, "through-the-door"],
  ["a room queries another room's table", `${C}/invoicing/bad.store.ts`, `import { charges } from "../rating/rating.sql.ts";\nexport const x = charges;`, "through-the-door"],
  ["a door shows a table", `${C}/usage/index.ts`, `export * from "../catalog/catalog.sql.ts";`, "tables-stay-in-their-room"],
  ["a pure file imports a store", `${C}/rating/bad-store.ts`, `import "./rating.store.ts";`, "pure-no-effects"],
  ["a pure file imports a port's type", `${C}/rating/bad-port.ts`, `import type { Clock } from "../ports/index.ts";\nexport type B = Clock;`, "pure-no-effects"],
  ["a pure file takes a use case through a door", `${C}/invoicing/bad-door.ts`, `import { load } from "../rating/index.ts";\nexport const l = load;`, "pure-through-doors"],
  ["a pure file reads files", `${C}/rating/bad-fs.ts`, `import { readFileSync } from "node:fs";\nexport const r = readFileSync;`, "pure-no-builtins"],
  ["a pure file opens a database", `${C}/rating/bad-postgres.ts`, `import postgres from "postgres";\nexport const p = postgres;`, "pure-no-io-packages"],
  ["a table imports a use case", `${C}/invoicing/invoicing.sql.ts`, `import { load } from "../rating/index.ts";\nexport const bad = load;`, "tables-import-tables"],
  ["a table refers to a table to its right", `${C}/catalog/right.sql.ts`, `import { charges } from "../rating/rating.sql.ts";\nexport const bad = charges;`, "order-catalog"],
  ["the schema forgets a table", `${C}/ledger/ledger.sql.ts`, `export const lost = 1;`, "every-table-gathered"],
  ["the schema imports a use case", `${C}/schema/bad.ts`, `import "../rating/index.ts";`, "schema-gathers-tables"],
  ["an adapter imports a room", `${C}/adapters/embedded/bad.ts`, `import "../../rating/index.ts";`, "order-adapters"],
  ["the API chooses an adapter", `${F}/api/bad.ts`, `import { open } from "@commops/core/adapters/embedded/database.ts";\nexport const o = open;`, "only-runtime-chooses-adapters"],
  ["functions reach into a room", `${F}/api/inside.ts`, `import "../../../core/src/rating/charge.ts";`, "door-from-outside"],
  ["the web takes a value of the server", `${W}/bad.ts`, `import { charge } from "@commops/core/rating";\nexport const c = charge;`, "web-computes-nothing-of-the-server"],
  ["core imports functions", `${C}/reports/index.ts`, `import "../../../functions/src/schedules.ts";`, "order-reports"],
  ["stacks import a room", "stacks/bad.ts", `import { charge } from "@commops/core/rating";\nexport const c = charge;`, "stacks-read-plain-data"],
  ["two files import each other", `${C}/time/a.ts`, `import "./b.ts";`, "no-circles"],
  ["an import leads nowhere", `${C}/time/nowhere.ts`, `import "./gone.ts";`, "resolvable"],
  ["the product imports a test", `${C}/time/tested.ts`, `import "./x.test.ts";`, "no-tests-in-product"],
  ["a pure file is async", `${C}/rating/waits.ts`, `export const w = async () => 1;`, "pure-file"],
  ["a pure file asks the clock", `${C}/rating/clock.ts`, `export const now = () => Date.now();`, "pure-file"],
  ["a pure file makes the present date", `${C}/rating/today.ts`, `export const today = () => new Date();`, "pure-file"],
  ["a pure file throws dice", `${C}/rating/dice.ts`, `export const dice = () => Math.random();`, "pure-file"],
  ["a pure file reads the environment", `${C}/rating/env.ts`, `export const env = process.env["HOME"];`, "pure-file"],
  ["a pure file makes a random id", `${C}/rating/random.ts`, `import { randomUUID } from "node:crypto";\nexport const id = randomUUID;`, "pure-file"],
  ["a file is longer than 300 lines", `${F}/api/long.ts`, "export {};\n".repeat(301), "file-size"],
  ["a folder of core is no room", `${C}/attic/index.ts`, `export const box = 1;`, "known-room"],
  ["a file is a junk drawer", `${F}/api/utils.ts`, `export const odds = 1;`, "no-junk-drawer"],
];

const extra: Readonly<Record<string, string>> = {
  [`${C}/time/b.ts`]: `import "./a.ts";`,
  [`${C}/time/x.test.ts`]: `export const x = 1;`,
};

const build = (files: Readonly<Record<string, string>>): string => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "house-")));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  mkdirSync(join(root, "node_modules/@commops"), { recursive: true });
  symlinkSync(join(root, "packages/core"), join(root, "node_modules/@commops/core"));
  for (const name of ["drizzle-orm", "postgres"]) {
    symlinkSync(join(home, "node_modules", name), join(root, "node_modules", name));
  }
  return root;
};

const roots: string[] = [];
/** dependency-cruiser changes the working folder; it is put back. */
const inspected = async (files: Readonly<Record<string, string>>): Promise<Inspection> => {
  const root = build(files);
  roots.push(root);
  try {
    return await inspect(root);
  } finally {
    process.chdir(home);
  }
};

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

test("a house in which everything is where it belongs has no fault, and every file of it was read", async () => {
  const inspection = await inspected(sound);
  expect(inspection.findings).toEqual([]);
  expect(inspection.read).toBe(Object.keys(sound).filter((path) => path.endsWith(".ts")).length);
});

test("without a schema folder, a table file must stand where drizzle.config.ts looks for it", async () => {
  const { [`${C}/schema/index.ts`]: _schema, [`${C}/adapters/embedded/database.ts`]: _database, ...rest } = sound;
  const database = { [`${C}/adapters/embedded/database.ts`]: `export const open = 1;` };
  expect((await inspected({ ...rest, ...database })).findings).toEqual([]);
  const deep = { [`${C}/ledger/tables/ledger.sql.ts`]: `export const lost = 1;` };
  const { findings } = await inspected({ ...rest, ...database, ...deep });
  expect(findings.map((finding) => finding.rule)).toEqual(["every-table-gathered"]);
});

test("a house without a source file is a fault, not a success", async () => {
  const { findings } = await inspected({ "README.md": "empty" });
  expect(findings.map((finding) => finding.rule)).toEqual(["every-file-read"]);
});

describe("each planted breach is found", () => {
  let inspection: Inspection;
  beforeAll(async () => {
    const planted = Object.fromEntries(breaches.map(([, file, text]) => [file, text]));
    inspection = await inspected({ ...sound, ...extra, ...planted });
  });

  test.each(breaches)("%s", (_what, file, _text, rule) => {
    const rules = inspection.findings
      .filter((finding) => finding.file.replace(/:\d+$/, "") === file)
      .map((finding) => finding.rule);
    expect(rules).toContain(rule);
  });

  test("and a file that breaks no rule is not blamed", () => {
    const blamed = new Set(inspection.findings.map((finding) => finding.file));
    expect(Object.keys(sound).filter((file) => blamed.has(file))).toEqual([]);
  });
});
