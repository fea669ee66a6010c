import type { Json } from "../../../../kernel/index.ts";
import { quoted, type Scanner } from "./scanner.ts";
import type { Filter, Operand, Path } from "./syntax.ts";

const OPERATOR = /==|!=|<=|>=|=~|<|>|(?:nin|in|size|empty)(?=[\s[])/;
const LITERALS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

type ReadPath = () => Path;

const valueOf = (scanner: Scanner): Json => {
  if (scanner.peek() === "'" || scanner.peek() === '"') return quoted(scanner);
  const number = scanner.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/);
  if (number !== undefined) return Number(number);
  const word = scanner.match(/true|false|null/);
  if (word !== undefined) return LITERALS[word] ?? null;
  scanner.expect("[");
  const items: Json[] = [];
  scanner.skipBlanks();
  if (scanner.take("]")) return items;
  do {
    scanner.skipBlanks();
    items.push(valueOf(scanner));
    scanner.skipBlanks();
  } while (scanner.take(","));
  scanner.expect("]");
  return items;
};

const operandOf = (scanner: Scanner, readPath: ReadPath): Operand => {
  scanner.skipBlanks();
  if (scanner.peek() === "@" || scanner.peek() === "$") return { kind: "path", path: readPath() };
  if (scanner.take("/")) {
    const source = scanner.match(/(?:\\.|[^/\\])+/) ?? scanner.fail();
    scanner.expect("/");
    return { kind: "pattern", pattern: new RegExp(`^(?:${source})$`, scanner.take("i") ? "i" : "") };
  }
  return { kind: "value", value: valueOf(scanner) };
};

const comparison = (scanner: Scanner, readPath: ReadPath): Filter => {
  const left = operandOf(scanner, readPath);
  scanner.skipBlanks();
  const operator = scanner.match(OPERATOR);
  if (operator === undefined) return left.kind === "path" ? { kind: "exists", path: left.path } : scanner.fail();
  return { kind: "compare", operator, left, right: operandOf(scanner, readPath) };
};

const term = (scanner: Scanner, readPath: ReadPath): Filter => {
  scanner.skipBlanks();
  if (scanner.take("!")) return { kind: "not", part: term(scanner, readPath) };
  if (!scanner.take("(")) return comparison(scanner, readPath);
  const inner = parseFilter(scanner, readPath);
  scanner.expect(")");
  return inner;
};

const chain = (scanner: Scanner, kind: "and" | "or", sign: string, part: () => Filter): Filter => {
  const first = part();
  const parts = [first];
  scanner.skipBlanks();
  while (scanner.take(sign)) {
    parts.push(part());
    scanner.skipBlanks();
  }
  return parts.length === 1 ? first : { kind, parts };
};

/** Reads a filter up to the bracket that closes it. */
export const parseFilter = (scanner: Scanner, readPath: ReadPath): Filter =>
  chain(scanner, "or", "||", () => chain(scanner, "and", "&&", () => term(scanner, readPath)));
