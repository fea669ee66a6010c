import type { Json } from "../../../../kernel/index.ts";
import { runtimeFault } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import { parseTimestamp } from "../timestamp.ts";
import { lookUp, type PathData } from "./query.ts";

type Order = number | string;
type Read = (value: Json) => Order | undefined;

const READERS: Readonly<Record<string, Read>> = {
  String: (value) => (typeof value === "string" ? value : undefined),
  Numeric: (value) => (typeof value === "number" ? value : undefined),
  Boolean: (value) => (typeof value === "boolean" ? Number(value) : undefined),
  Timestamp: (value) => (typeof value === "string" ? parseTimestamp(value) : undefined),
};

const RELATIONS: Readonly<Record<string, (a: Order, b: Order) => boolean>> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThan: (a, b) => a > b,
  GreaterThanEquals: (a, b) => a >= b,
};

const COMPARISON = /^(String|Numeric|Boolean|Timestamp)((?:LessThan|GreaterThan)(?:Equals)?|Equals)(Path)?$/;

const KINDS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === "string",
  IsNumeric: (value) => typeof value === "number",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => typeof value === "string" && parseTimestamp(value) !== undefined,
};

/** A pattern where `*` stands for any text; a backslash makes `*` and itself stand for themselves. */
const wildcard = (pattern: string): RegExp => {
  const source = pattern.replaceAll(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === "*" ? "[^]*" : `\\${found}`;
  });
  return new RegExp(`^${source}$`);
};

const textIn = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const valueAt = (path: string, data: PathData): Json => {
  const found = lookUp(path, data);
  if (found === undefined)
    throw runtimeFault(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
  return found;
};

const compared = (operator: string, operand: Json, value: Json, data: PathData): boolean => {
  const [, kind = "", relation = "", isPath] = COMPARISON.exec(operator) ?? [];
  const read = READERS[kind];
  const holds = RELATIONS[relation];
  if (read === undefined || holds === undefined) throw runtimeFault(`There is no comparison '${operator}'`);
  const expected = isPath === undefined ? operand : valueAt(textIn(operand), data);
  const a = read(value);
  const b = read(expected);
  return a !== undefined && b !== undefined && holds(a, b);
};

const tested = (operator: string, operand: Json, path: string, data: PathData): boolean => {
  if (operator === "IsPresent") return (lookUp(path, data) !== undefined) === operand;
  const value = valueAt(path, data);
  const kind = KINDS[operator];
  if (kind !== undefined) return kind(value) === operand;
  if (operator === "StringMatches") return typeof value === "string" && wildcard(textIn(operand)).test(value);
  return compared(operator, operand, value, data);
};

const rules = (value: Json | undefined): readonly JsonObject[] => (isArray(value) ? value.filter(isObject) : []);

const NOT_OPERATORS: ReadonlySet<string> = new Set(["Variable", "Next", "Assign", "Comment"]);

/** Whether a choice rule holds. Throws States.Runtime where it compares what is not there. */
export const holds = (rule: JsonObject, data: PathData): boolean => {
  if (rule.And !== undefined) return rules(rule.And).every((part) => holds(part, data));
  if (rule.Or !== undefined) return rules(rule.Or).some((part) => holds(part, data));
  if (isObject(rule.Not)) return !holds(rule.Not, data);
  const operator = Object.keys(rule).find((name) => !NOT_OPERATORS.has(name));
  if (operator === undefined || typeof rule.Variable !== "string")
    throw runtimeFault(`A choice rule needs a Variable and a comparison: ${JSON.stringify(rule)}`);
  return tested(operator, rule[operator] ?? null, rule.Variable, data);
};
