import type { Json } from "../../../../kernel/index.ts";
import { runtimeFault } from "../failure.ts";
import { isArray, isObject, type JsonObject, sameJson } from "../json.ts";
import { isSingle, pathOf } from "./path.ts";
import type { Filter, Operand, Path, Segment } from "./syntax.ts";

/** What paths look into. */
export interface PathData {
  /** `$` */
  readonly data: Json;
  /** `$$` */
  readonly context: JsonObject;
  readonly variables: JsonObject;
}

type Scope = PathData & { readonly node?: Json };

const children = (node: Json): readonly Json[] => {
  if (isArray(node)) return node;
  return isObject(node) ? Object.values(node).filter((value) => value !== undefined) : [];
};

const descendants = (node: Json): Json[] => [node, ...children(node).flatMap(descendants)];

const element = (node: Json, index: number): Json[] => {
  const found = isArray(node) ? node.at(index) : undefined;
  return found === undefined ? [] : [found];
};

const memberOf = (node: Json, name: string): Json[] => {
  if (!isObject(node) || !Object.hasOwn(node, name)) return [];
  const found = node[name];
  return found === undefined ? [] : [found];
};

const sliced = (node: Json, { from, to, by }: Extract<Segment, { kind: "slice" }>): Json[] =>
  isArray(node) ? node.slice(from ?? 0, to ?? node.length).filter((_, index) => index % by === 0) : [];

const numbers = (node: Json): number[] => (isArray(node) ? node.filter((item) => typeof item === "number") : []);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const FUNCTIONS: Readonly<Record<string, (node: Json) => Json | undefined>> = {
  length: (node) => (typeof node === "string" ? node.length : children(node).length),
  size: (node) => children(node).length,
  keys: (node) => (isObject(node) ? Object.keys(node) : undefined),
  min: (node) => Math.min(...numbers(node)),
  max: (node) => Math.max(...numbers(node)),
  sum: (node) => sum(numbers(node)),
  avg: (node) => sum(numbers(node)) / numbers(node).length,
  first: (node) => (isArray(node) ? node[0] : undefined),
  last: (node) => (isArray(node) ? node.at(-1) : undefined),
};

const called = (node: Json, name: string): Json[] => {
  const apply = FUNCTIONS[name];
  if (apply === undefined) throw runtimeFault(`A path has no function '${name}()'`);
  const result = apply(node);
  return result === undefined ? [] : [result];
};

const operandValue = (operand: Operand, scope: Scope): Json | undefined => {
  if (operand.kind === "path") return follow(operand.path, scope);
  return operand.kind === "value" ? operand.value : undefined;
};

const isBefore = (a: Json | undefined, b: Json | undefined): boolean =>
  (typeof a === "number" && typeof b === "number" && a < b) ||
  (typeof a === "string" && typeof b === "string" && a < b);

const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameJson(a, b);

const isAmong = (value: Json | undefined, list: Json | undefined): boolean =>
  isArray(list) && list.some((item) => isSame(item, value));

const compares = ({ operator, left, right }: Extract<Filter, { kind: "compare" }>, scope: Scope): boolean => {
  const a = operandValue(left, scope);
  const b = operandValue(right, scope);
  switch (operator) {
    case "==":
      return isSame(a, b);
    case "!=":
      return !isSame(a, b);
    case "<":
      return isBefore(a, b);
    case ">":
      return isBefore(b, a);
    case "<=":
      return isBefore(a, b) || (a !== undefined && isSame(a, b));
    case ">=":
      return isBefore(b, a) || (a !== undefined && isSame(a, b));
    case "=~":
      return right.kind === "pattern" && typeof a === "string" && right.pattern.test(a);
    case "in":
      return isAmong(a, b);
    case "nin":
      return !isAmong(a, b);
    case "size":
      return a !== undefined && children(a).length === b;
    default:
      return a !== undefined && (children(a).length === 0) === b;
  }
};

const passes = (filter: Filter, scope: Scope): boolean => {
  switch (filter.kind) {
    case "and":
      return filter.parts.every((part) => passes(part, scope));
    case "or":
      return filter.parts.some((part) => passes(part, scope));
    case "not":
      return !passes(filter.part, scope);
    case "exists": {
      const found = follow(filter.path, scope);
      return found !== undefined && (filter.path.isDefinite || children(found).length > 0);
    }
    case "compare":
      return compares(filter, scope);
  }
};

const step = (node: Json, segment: Segment, scope: Scope): readonly Json[] => {
  switch (segment.kind) {
    case "members":
      return segment.names.flatMap((name) => memberOf(node, name));
    case "elements":
      return segment.indexes.flatMap((index) => element(node, index));
    case "slice":
      return sliced(node, segment);
    case "every":
      return children(node);
    case "descend":
      return descendants(node);
    case "filter":
      return (isArray(node) ? node : [node]).filter((item) => passes(segment.filter, { ...scope, node: item }));
    case "call":
      return called(node, segment.name);
  }
};

const rootOf = ({ root }: Path, scope: Scope): Json | undefined => {
  if (root === "data") return scope.data;
  if (root === "context") return scope.context;
  if (root === "node") return scope.node;
  return scope.variables[root.variable];
};

/** What a path leads to: a value, or undefined where there is none; a list where it may lead to several places. */
const follow = (path: Path, scope: Scope): Json | undefined => {
  const start = rootOf(path, scope);
  let nodes: readonly Json[] = start === undefined ? [] : [start];
  let isList = false;
  for (const segment of path.segments) {
    if (segment.kind === "call" && isList) {
      nodes = called(nodes, segment.name);
      isList = false;
    } else {
      nodes = nodes.flatMap((node) => step(node, segment, scope));
      isList ||= !isSingle(segment);
    }
  }
  return isList ? nodes : nodes[0];
};

/** Looks a path up; undefined where a definite path leads nowhere. Throws States.Runtime where the text is no path. */
export const lookUp = (text: string, data: PathData): Json | undefined => follow(pathOf(text), data);

const shown = (segments: readonly Segment[]): string =>
  segments
    .map((segment) => {
      if (segment.kind === "members") return `['${segment.names.join("','")}']`;
      return segment.kind === "elements" ? `[${segment.indexes.join(",")}]` : "[*]";
    })
    .join("");

/** Looks a path up. Throws States.Runtime where it leads nowhere and says from where on. */
export const requirePath = (text: string, data: PathData): Json => {
  const path = pathOf(text);
  const found = follow(path, data);
  if (found !== undefined) return found;
  const reached = path.segments.findIndex(
    (_, index) => follow({ ...path, segments: path.segments.slice(0, index + 1) }, data) === undefined,
  );
  const root = "$";
  const isLast = reached === path.segments.length - 1;
  const reason = isLast
    ? `No results for path: ${root}${shown(path.segments)}`
    : `Missing property in path ${root}${shown(path.segments.slice(0, reached + 1))}`;
  throw runtimeFault(`Invalid path '${text}' : ${reason}`);
};
