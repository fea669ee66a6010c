import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const tracked = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(file));
const read = (file: string): string => readFileSync(file, "utf8");
const documents = tracked.filter((file) => file.endsWith(".md"));
const scriptsOf = (file: string): string[] =>
  Object.keys((JSON.parse(read(file)) as { scripts?: Record<string, string> }).scripts ?? {});

interface Mention {
  readonly file: string;
  readonly name: string;
}

/** What the documents mention, by a pattern whose first group is the name. */
const mentions = (pattern: RegExp, files = documents): Mention[] =>
  files.flatMap((file) => [...read(file).matchAll(pattern)].map((match) => ({ file, name: match[1] ?? "" })));

describe("what the documents say can be done", () => {
  test("every npm script that is mentioned exists", () => {
    const scripts = [...scriptsOf("package.json"), ...scriptsOf("packages/web/package.json")];
    const named = mentions(/npm run (?:-s |--silent )?([\w:-]+)/g);
    expect(named.filter(({ name }) => !scripts.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });

  test("npm start and npm test exist", () => {
    expect(scriptsOf("package.json")).toEqual(expect.arrayContaining(["start", "test", "check"]));
  });

  test("every command of the command line that is mentioned explains itself", () => {
    const line = "packages/functions/src/embedded/cli/commops.ts";
    const commands = new Set(
      mentions(/(?:`|^ *)npx commops((?: [a-z][a-z-]*(?![^\s`]))+)/gm).map(({ name }) => name.trim()),
    );
    for (const command of commands) {
      const answer = spawnSync(process.execPath, [line, ...command.split(" "), "--help"], { encoding: "utf8" });
      expect(answer.status, `npx commops ${command} --help: ${answer.stderr}`).toBe(0);
    }
  });

  test("every file of .ci that is mentioned is there and can be run", () => {
    const files = [...new Set([".ci/run", ".ci/nightly", ...mentions(/(\.ci\/[a-z-]+)/g).map(({ name }) => name)])];
    for (const file of files) expect(() => accessSync(file, constants.X_OK), file).not.toThrow();
  });

  test("every link to a file leads somewhere", () => {
    const links = mentions(/\]\((?![a-z]+:|#)([^)#\s]+)/g);
    expect(links.filter(({ file, name }) => !existsSync(join(dirname(file), name)))).toEqual([]);
  });

  test("every folder of core stands in docs/architecture.md", () => {
    const text = read("docs/architecture.md");
    const folders = new Set(tracked.map((file) => /^packages\/core\/src\/([^/]+)\//.exec(file)?.[1]));
    expect([...folders].filter((folder) => folder !== undefined && !text.includes(`\`${folder}\``))).toEqual([]);
  });

  test("decisions are numbered without a gap", () => {
    const numbers = readdirSync("docs/decisions").map((file) => Number(file.slice(0, 3)));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  });
});

describe("the lock file", () => {
  const text = read("package-lock.json");

  test("names no registry, so that it installs from any", () => {
    expect(text.match(/"resolved": "https?:[^"]*"/g) ?? []).toEqual([]);
  });

  test("has an entry for every optional binary, so that npm ci accepts it (npm run lock)", () => {
    const { packages } = JSON.parse(text) as { packages: Record<string, { optionalDependencies?: object }> };
    const missing = Object.entries(packages).flatMap(([by, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${by}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});

test("no file names the machine that it was written on", () => {
  const words = ["/wo" + "rk/", "/ro" + "ot/", "AI assis" + "tant", "language mo" + "del"];
  const text = tracked.filter((file) => /\.(ts|tsx|md|json|mjs|sql|css|html|yaml|yml)$|^\.ci\//.test(file));
  const found = text.flatMap((file) =>
    words.filter((word) => read(file).includes(word)).map((word) => ({ file, word })),
  );
  expect(found).toEqual([]);
});
