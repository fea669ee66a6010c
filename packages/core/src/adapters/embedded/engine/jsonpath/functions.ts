import { createHash } from "node:crypto";
import type { Json } from "../../../../kernel/index.ts";
import { isArray, isObject, type JsonObject, sameJson } from "../json.ts";
import { type Random, randomOf } from "../random.ts";

/** Throws RangeError that says what is wrong with the arguments; who calls says in which function. */
type Intrinsic = (args: readonly Json[], random: Random) => Json;

const MOST_ITEMS = 1_000;
const LONGEST_TEXT = 10_000;
const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

const wrong = (index: number, expected: string): never => {
  throw new RangeError(`Argument ${index + 1} must be ${expected}.`);
};

const textAt = (args: readonly Json[], index: number): string => {
  const value = args[index];
  return typeof value === "string" ? value : wrong(index, "a string");
};
const listAt = (args: readonly Json[], index: number): readonly Json[] => {
  const value = args[index];
  return isArray(value) ? value : wrong(index, "an array");
};
const objectAt = (args: readonly Json[], index: number): JsonObject => {
  const value = args[index];
  return isObject(value) ? value : wrong(index, "an object");
};
const anyAt = (args: readonly Json[], index: number): Json =>
  args[index] ?? (index in args ? null : wrong(index, "given"));
/** A number, rounded to a whole one. */
const wholeAt = (args: readonly Json[], index: number): number => {
  const value = args[index];
  return typeof value === "number" ? Math.round(value) : wrong(index, "a number");
};

/** A value inside a formatted text: a text as it is, objects and lists as Java prints them. */
const printed = (value: Json): string => {
  if (typeof value === "string") return value;
  if (isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${printed(member ?? null)}`);
  return `{${members.join(", ")}}`;
};

/** Puts values in the places `{}` of a template; a backslash makes the next character stand for itself. Throws RangeError where the counts differ. */
export const formatted = (template: string, values: readonly Json[]): string => {
  let used = 0;
  const text = template.replaceAll(/\\([^])|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return /['{}\\]/.test(escaped) ? escaped : `\\${escaped}`;
    used += 1;
    return printed(values[used - 1] ?? null);
  });
  if (used !== values.length)
    throw new RangeError("The number of arguments does not match the number of occurrences of {}.");
  return text;
};

const range = (first: number, last: number, step: number): number[] => {
  if (step === 0) throw new RangeError("The increment must not be 0.");
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > MOST_ITEMS) throw new RangeError(`A range has at most ${MOST_ITEMS} items.`);
  return Array.from({ length: count }, (_, index) => first + index * step);
};

/** A list cut in pieces of a size; the last may be shorter. */
export const partitioned = <T>(list: readonly T[], size: number): T[][] => {
  if (size < 1) throw new RangeError("The size of a chunk must be at least 1.");
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
};

/** The digest of a text in lower-case hexadecimal digits. Throws RangeError on an unknown algorithm. */
export const digested = (content: string, name: string): string => {
  const algorithm = ALGORITHMS[name];
  if (algorithm === undefined)
    throw new RangeError(`The algorithm must be one of ${Object.keys(ALGORITHMS).join(", ")}.`);
  return createHash(algorithm).update(content).digest("hex");
};

const limited = (text: string): string => {
  if (text.length > LONGEST_TEXT) throw new RangeError(`The text must have at most ${LONGEST_TEXT} characters.`);
  return text;
};

const split = (text: string, separators: string): string[] => {
  const parts: string[] = [""];
  for (const character of text) {
    if (separators.includes(character)) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part !== "");
};

const item = (list: readonly Json[], index: number): Json => {
  const found = list[index];
  if (found === undefined) throw new RangeError(`There is no item at index ${index}.`);
  return found;
};

const merged = (args: readonly Json[]): Json => {
  if (args[2] !== false)
    throw new RangeError("Argument 3 must be false: objects are merged at their first level only.");
  return { ...objectAt(args, 0), ...objectAt(args, 1) };
};

const randomWhole = (args: readonly Json[], random: Random): number => {
  const [first, last] = [wholeAt(args, 0), wholeAt(args, 1)];
  if (first >= last) throw new RangeError("The start must be less than the end.");
  const source = args.length > 2 ? randomOf("MathRandom", String(wholeAt(args, 2))) : random;
  return first + Math.floor(source.number() * (last - first));
};

/** The intrinsic functions of the States Language, by name. */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  "States.Format": (args) => formatted(textAt(args, 0), args.slice(1)),
  "States.StringToJson": (args) => JSON.parse(textAt(args, 0)) as Json,
  "States.JsonToString": (args) => JSON.stringify(anyAt(args, 0)),
  "States.JsonMerge": merged,
  "States.Array": (args) => args,
  "States.ArrayPartition": (args) => partitioned(listAt(args, 0), wholeAt(args, 1)),
  "States.ArrayContains": (args) => listAt(args, 0).some((one) => sameJson(one, anyAt(args, 1))),
  "States.ArrayRange": (args) => range(wholeAt(args, 0), wholeAt(args, 1), wholeAt(args, 2)),
  "States.ArrayGetItem": (args) => item(listAt(args, 0), wholeAt(args, 1)),
  "States.ArrayLength": (args) => listAt(args, 0).length,
  "States.ArrayUnique": (args) => {
    const list = listAt(args, 0);
    return list.filter((one, index) => list.findIndex((other) => sameJson(one, other)) === index);
  },
  "States.Base64Encode": (args) => Buffer.from(limited(textAt(args, 0))).toString("base64"),
  "States.Base64Decode": (args) => Buffer.from(limited(textAt(args, 0)), "base64").toString("utf8"),
  "States.Hash": (args) => digested(limited(textAt(args, 0)), textAt(args, 1)),
  "States.MathAdd": (args) => wholeAt(args, 0) + wholeAt(args, 1),
  "States.MathRandom": randomWhole,
  "States.StringSplit": (args) => split(textAt(args, 0), textAt(args, 1)),
  "States.UUID": (_, random) => random.uuid(),
};
