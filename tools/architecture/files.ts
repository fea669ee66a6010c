import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { folders } from "./rooms.ts";

const SOFT = 200;
const HARD = 300;
const SKIPPED = new Set(["node_modules", "dist", "migrations", ".data"]);

/** Paths (from the root) of the .ts and .tsx files below the folders that are there. */
export const sourceFiles = (root: string, paths: readonly string[]): string[] =>
  paths
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => below(root, path))
    .toSorted();

const below = (root: string, path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) return below(root, child);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [child] : [];
  });

const lines = (root: string, file: string): number => {
  const text = readFileSync(join(root, file), "utf8");
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
};

export interface Sizes {
  readonly findings: readonly Finding[];
  /** Files over the soft limit, longest first: worth a look, no fault. */
  readonly long: readonly { readonly file: string; readonly lines: number }[];
}

/** A file is read in one sitting: 200 lines, 300 at most. */
export const checkSizes = (root: string, files: readonly string[]): Sizes => {
  const long = files
    .map((file) => ({ file, lines: lines(root, file) }))
    .filter((entry) => entry.lines > SOFT)
    .toSorted((a, b) => b.lines - a.lines);
  const findings = long
    .filter((entry) => entry.lines > HARD)
    .map((entry) => ({
      rule: "file-size",
      file: entry.file,
      message: `has ${entry.lines} lines; ${HARD} is the limit: split it by what it does`,
    }));
  return { findings, long: long.filter((entry) => entry.lines <= HARD) };
};

const JUNK = /(^|[/.-])(utils?|helpers?|common|misc|services?|managers?|shared)([/.-]|$)/i;

/** Every folder of core is a known room, and no name says "anything goes in here". */
export const checkNames = (files: readonly string[]): Finding[] =>
  files.flatMap((file) => {
    const found: Finding[] = [];
    const room = /^packages\/core\/src\/([^/]+)/.exec(file)?.[1];
    if (room !== undefined && !folders.includes(room)) {
      found.push({
        rule: "known-room",
        file,
        message: `stands in no room of tools/architecture/rooms.ts: give ${room} its place there`,
      });
    }
    if (JUNK.test(file)) {
      found.push({ rule: "no-junk-drawer", file, message: "is named like a junk drawer: name it for what it does" });
    }
    return found;
  });
