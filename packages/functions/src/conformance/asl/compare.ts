import type { Json } from "@commops/core/kernel";
import type { AslCase } from "./case.ts";

type Rules = Pick<AslCase, "normalize" | "tokens">;

/** Placeholders may stand within each other: `<<task_token>:1>`. */
const PLACEHOLDER = /<[^<>]*>/;
const WILD = "\u0000";
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
/** The recordings write this for every instant. */
const INSTANT_NAME = "date";

/** A value with the case's own names replaced, as the recording has them. */
export const normalized = (value: Json, { normalize }: Rules): Json =>
  JSON.parse(
    normalize.reduce((text, [pattern, name]) => text.replaceAll(new RegExp(pattern, "g"), name), JSON.stringify(value)),
  ) as Json;

const patternOf = (expected: string): RegExp | undefined => {
  let text = expected;
  while (PLACEHOLDER.test(text)) text = text.replace(PLACEHOLDER, WILD);
  if (!text.includes(WILD)) return undefined;
  const parts = text.split(WILD).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`);
};

const structure = (text: string): Json | undefined => {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const sameText = (expected: string, found: string, rules: Rules): boolean => {
  if (expected === found || rules.tokens.includes(expected)) return true;
  if (expected === INSTANT_NAME && INSTANT.test(found)) return true;
  if (patternOf(expected)?.test(found)) return true;
  // JSON within a text: blanks and the order of members do not matter.
  const [a, b] = [structure(expected), structure(found)];
  return a !== undefined && b !== undefined && same(a, b, rules);
};

const isRecord = (value: Json): value is { readonly [key: string]: Json | undefined } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is what was recorded; placeholders and tokens of the recording match anything. */
export const same = (expected: Json, found: Json, rules: Rules): boolean => {
  if (typeof expected === "string")
    return typeof found === "string" ? sameText(expected, found, rules) : sameAsText(expected, found, rules);
  if (Array.isArray(expected))
    return (
      Array.isArray(found) &&
      expected.length === found.length &&
      expected.every((item: Json, index) => same(item, found[index] as Json, rules))
    );
  if (!isRecord(expected)) return expected === found;
  if (!isRecord(found)) return false;
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].every((name) => {
    const [a, b] = [expected[name], found[name]];
    return a !== undefined && b !== undefined && same(a, b, rules);
  });
};

/** A token may also stand for what is no text; JSON may be recorded as text. */
const sameAsText = (expected: string, found: Json, rules: Rules): boolean => {
  if (rules.tokens.includes(expected)) return true;
  const value = structure(expected);
  return value !== undefined && same(value, found, rules);
};
