import { compare, roundTo, SCALE, tryExact } from "@commops/core/money";

/** What the product answers, in the shape of a case's expected numbers. */
export type Answer = string | number | null | undefined | readonly Answer[] | { readonly [key: string]: Answer };

/** Recorded numbers with this many decimals or more were cut by their source: they are compared at their own precision. */
const CUT_AT = 9;

/** Before the name of a number that the answer must not be. */
const WRONG = "wrong_";

const sameNumber = (expected: string, actual: string): boolean | undefined => {
  const [a, b] = [tryExact(expected), tryExact(actual)];
  if (!a || !b) return undefined;
  const decimals = expected.split(".")[1]?.length ?? 0;
  const places = decimals >= CUT_AT ? Math.min(decimals, SCALE) : SCALE;
  return compare(roundTo(a, places), roundTo(b, places)) === 0;
};

const show = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** Where an answer differs from what is expected, one text a difference; fields that are not expected are not looked at. */
export const differences = (expected: unknown, actual: unknown, path = ""): string[] => {
  const say = (): string[] => [`${path || "answer"} is ${show(actual)}, expected ${show(expected)}`];
  if (Array.isArray(expected)) {
    const entries: readonly unknown[] = Array.isArray(actual) ? actual : [];
    if (entries.length !== expected.length) return say();
    return expected.flatMap((entry: unknown, index) => differences(entry, entries[index], `${path}[${index}]`));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return say();
    const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(actual));
    return Object.entries(expected).flatMap(([key, value]) => {
      const at = path === "" ? key : `${path}.${key}`;
      if (!key.startsWith(WRONG)) return differences(value, fields.get(key), at);
      const isWrong = differences(value, fields.get(key.slice(WRONG.length)), at).length === 0;
      return isWrong ? [`${at} is what the answer must not be: ${show(value)}`] : [];
    });
  }
  const right = typeof actual === "string" || typeof actual === "number" ? `${actual}` : undefined;
  const left = String(expected);
  return right !== undefined && (sameNumber(left, right) ?? left === right) ? [] : say();
};
