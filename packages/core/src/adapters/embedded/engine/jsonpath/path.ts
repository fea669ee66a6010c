import { parseFilter } from "./filter.ts";
import { quoted, scan, type Scanner } from "./scanner.ts";
import type { Path, Segment } from "./syntax.ts";

const NAME = /[^.[\]()\s,=!<>&|]+/;
const INTEGER = /-?\d+/;

/** Whether a segment leads from one place to one place. */
export const isSingle = (segment: Segment): boolean =>
  (segment.kind === "members" && segment.names.length === 1) ||
  (segment.kind === "elements" && segment.indexes.length === 1) ||
  segment.kind === "call";

const list = <T>(scanner: Scanner, item: () => T): T[] => {
  const items: T[] = [];
  do {
    scanner.skipBlanks();
    items.push(item());
    scanner.skipBlanks();
  } while (scanner.take(","));
  return items;
};

const integer = (scanner: Scanner): number => Number(scanner.match(INTEGER) ?? scanner.fail());

const optionalInteger = (scanner: Scanner): number | undefined => {
  const digits = scanner.match(INTEGER);
  return digits === undefined ? undefined : Number(digits);
};

const sliceOrElements = (scanner: Scanner): Segment => {
  const from = optionalInteger(scanner);
  if (!scanner.take(":")) {
    if (from === undefined) return scanner.fail();
    scanner.skipBlanks();
    const others = scanner.take(",") ? list(scanner, () => integer(scanner)) : [];
    return { kind: "elements", indexes: [from, ...others] };
  }
  const to = optionalInteger(scanner);
  const by = scanner.take(":") ? integer(scanner) : 1;
  return { kind: "slice", from, to, by };
};

const bracket = (scanner: Scanner): Segment => {
  scanner.skipBlanks();
  const inner = ((): Segment => {
    if (scanner.take("*")) return { kind: "every" };
    if (scanner.take("?")) {
      scanner.skipBlanks();
      scanner.expect("(");
      const filter = parseFilter(scanner, () => parsePath(scanner));
      scanner.expect(")");
      return { kind: "filter", filter };
    }
    if (scanner.peek() === "'" || scanner.peek() === '"')
      return { kind: "members", names: list(scanner, () => quoted(scanner)) };
    return sliceOrElements(scanner);
  })();
  scanner.skipBlanks();
  scanner.expect("]");
  return inner;
};

const member = (scanner: Scanner): Segment => {
  if (scanner.take("*")) return { kind: "every" };
  const name = scanner.match(NAME) ?? scanner.fail();
  return scanner.take("()") ? { kind: "call", name } : { kind: "members", names: [name] };
};

const root = (scanner: Scanner): Path["root"] => {
  if (scanner.take("@")) return "node";
  scanner.expect("$");
  if (scanner.take("$")) return "context";
  const variable = scanner.match(/[\p{ID_Start}_][\p{ID_Continue}]*/u);
  return variable === undefined ? "data" : { variable };
};

const segmentsOf = (scanner: Scanner): Segment[] => {
  const segments: Segment[] = [];
  for (;;) {
    if (scanner.take("..")) {
      segments.push({ kind: "descend" });
      segments.push(scanner.take("[") ? bracket(scanner) : member(scanner));
    } else if (scanner.take(".")) segments.push(member(scanner));
    else if (scanner.take("[")) segments.push(bracket(scanner));
    else return segments;
  }
};

/** Reads a path from a scanner and leaves it behind the path. */
export const parsePath = (scanner: Scanner): Path => {
  const start = scanner.position();
  const from = root(scanner);
  const segments = segmentsOf(scanner);
  return {
    text: scanner.text.slice(start, scanner.position()),
    root: from,
    segments,
    isDefinite: segments.every(isSingle),
  };
};

/** Reads a whole text as one path. Throws States.Runtime where it is none. */
export const pathOf = (text: string): Path => {
  const scanner = scan(text);
  const path = parsePath(scanner);
  if (scanner.peek() !== "") scanner.fail();
  return path;
};
