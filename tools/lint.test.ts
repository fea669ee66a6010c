import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const prelude = `
declare const insert: () => PromiseLike<number>;
declare const send: () => Promise<boolean>;
declare const unknownText: string | undefined;
declare const parsed: unknown;
`;

/** Faults, each of which has once lost a row, a mail or a check, and the rule that must name it. */
const faults: readonly (readonly [what: string, code: string, rule: string])[] = [
  ["a promise that nobody waits for", `export const a = async () => { send(); };`, "no-floating-promises"],
  ["an insert that is never run (a thenable)", `export const a = async () => { insert(); };`, "no-floating-promises"],
  ["a promise thrown away with void", `export const a = () => { void send(); };`, "no-floating-promises"],
  [
    "a check that is always true",
    `export const a = async () => { if (send()) return 1; return 2; };`,
    "no-misused-promises",
  ],
  [
    "an async function where nobody waits",
    `export const a = () => { [1].forEach(async () => { await send(); }); };`,
    "no-misused-promises",
  ],
  ["waiting for what is no promise", `export const a = async () => { await 1; };`, "await-thenable"],
  [
    "a promise returned out of try",
    `export const a = async () => { try { return send(); } catch { return false; } };`,
    "return-await",
  ],
  ["a type that checks nothing", `export const a = (x: any): number => x;`, "no-explicit-any"],
  ["a value said to be there", `export const a = unknownText!.length;`, "no-non-null-assertion"],
  ["text thrown as an error", `export const a = () => { throw "no"; };`, "only-throw-error"],
  ["parsed text trusted as it is", `export const a: { id: string } = JSON.parse("{}");`, "no-unsafe-assignment"],
  ["a silenced check", `// @ts-ignore\nexport const a: number = "1";`, "ban-ts-comment"],
  ["loose equality", `export const a = parsed == 1;`, "eqeqeq"],
  [
    "a case that was forgotten",
    `export const a = (x: "p" | "q"): number => { switch (x) { case "p": return 1; } return 2; };`,
    "switch-exhaustiveness-check",
  ],
  [
    "a function longer than 60 lines",
    `export const a = (): void => {\n${"  console.log(1);\n".repeat(61)}};`,
    "max-lines-per-function",
  ],
];

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "lint-"));
const found = new Map<string, string[]>();

beforeAll(() => {
  const config = resolve("tsconfig.json");
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: config, compilerOptions: { types: [] }, include: ["*.ts"] }),
  );
  faults.forEach(([, code], index) => writeFileSync(join(folder, `fault${index}.ts`), `${prelude}\n${code}\n`));
  const result = spawnSync(
    "npx",
    ["oxlint", "--type-aware", "--no-ignore", "-f", "json", "-c", resolve(".oxlintrc.json"), folder],
    { encoding: "utf8" },
  );
  const { diagnostics } = JSON.parse(result.stdout) as Report;
  for (const { filename, code } of diagnostics) {
    const name = /fault\d+/.exec(filename)?.[0] ?? filename;
    found.set(name, [...(found.get(name) ?? []), /\((.*)\)/.exec(code)?.[1] ?? code]);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(faults.map((fault, index) => [...fault, index] as const))("lint names %s", (_what, _code, rule, index) => {
  expect(found.get(`fault${index}`)).toContain(rule);
});
