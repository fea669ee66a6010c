import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { invalid, Problem } from "@commops/core/kernel";

/** A rule as it stands in a file. */
interface FileRule {
  readonly file: string;
  readonly node: Node | null;
  readonly lines: LineCounter;
  readonly value: unknown;
}

/** Rules of a folder, in the order of file names, and where in the files each of their fields stands. */
export interface RuleFiles {
  readonly rules: readonly unknown[];
  /** "rules/nat.yaml:12:5" for "rules.3.curve.slabs.0.up_to"; undefined for a path that is no rule's. */
  placeOf(field: string, reason: string): string | undefined;
}

const isRuleFile = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);

const filesIn = async (path: string): Promise<string[]> => {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path, { recursive: true });
    return names
      .filter(isRuleFile)
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw new Problem("invalid", "INVALID_ARGUMENT", `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const at = (file: string, lines: LineCounter, offset: number): string => {
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
};

/** The rules of one file: a rule, a list of rules, or a list under `rules`. Throws an invalid Problem with line and column. */
export const rulesOf = (file: string, text: string): FileRule[] => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [fault] = document.errors;
  if (fault) throw invalid(at(file, lines, fault.pos[0]), fault.message);
  // A decimal is kept as it is written: as a number it would lose digits beyond the fifteenth.
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "number" && !Number.isInteger(scalar.value)) scalar.value = scalar.source;
    },
  });
  const root = document.contents;
  const listed = isMap(root) && root.has("rules") ? root.get("rules", true) : root;
  const nodes = isSeq(listed) ? listed.items : [listed];
  return nodes.flatMap((node): FileRule[] => {
    if (node === null || node === undefined) return [];
    const found = node as Node;
    return [{ file, node: found, lines, value: found.toJS(document) as unknown }];
  });
};

/** The node at a path, or the nearest one above it; a key that should not be there is found by its name in the reason. */
const nodeAt = (root: Node | null, path: readonly string[], reason: string): Node | null => {
  let node = root;
  for (const key of path) {
    const next: unknown =
      isSeq(node) && /^\d+$/.test(key) ? node.get(Number(key), true) : isMap(node) ? node.get(key, true) : null;
    if (next === null || next === undefined || typeof next !== "object") break;
    node = next as Node;
  }
  const unknown = /^Unrecognized keys?: "([^"]+)"/.exec(reason)?.[1];
  if (unknown === undefined || !isMap(node)) return node;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === unknown);
  return isScalar(pair?.key) ? pair.key : node;
};

/** Reads the rules of a folder (or of one file), YAML or JSON. Throws an invalid Problem that names file, line and column. */
export const readRuleFiles = async (path: string): Promise<RuleFiles> => {
  const files = await filesIn(path);
  if (files.length === 0) throw invalid(path, "there is no .yaml, .yml or .json file in it");
  const found: FileRule[] = [];
  for (const file of files) found.push(...rulesOf(file, await readFile(file, "utf8")));
  return {
    rules: found.map((rule) => rule.value),
    placeOf: (field, reason) => {
      const [list, index, ...rest] = field.split(".");
      const rule = list === "rules" || list === "rule" ? found[Number(index)] : undefined;
      if (!rule) return undefined;
      const node = nodeAt(rule.node, rest, reason);
      return at(rule.file, rule.lines, node?.range?.[0] ?? 0);
    },
  };
};

/** Asks with the rules of files: a fault that the API finds in one of them is told by its place in the file. */
export const inRuleFiles = async <T>(files: RuleFiles, request: Promise<T>): Promise<T> => {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const details = error.details.map(({ field, reason }) => ({
      field: files.placeOf(field, reason) ?? field,
      reason,
    }));
    const [first] = details;
    const isPlaced = first !== undefined && first.field !== error.details[0]?.field;
    throw new Problem(error.kind, error.code, isPlaced ? `${first.field}: ${first.reason}` : error.message, {
      cause: error,
      details,
    });
  }
};
