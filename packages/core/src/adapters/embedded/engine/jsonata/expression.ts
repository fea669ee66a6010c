import jsonata from "jsonata";
import type { Json } from "../../../../kernel/index.ts";
import { queryFault } from "../failure.ts";
import { isArray, isObject, type JsonObject, kindOf } from "../json.ts";
import type { Random } from "../random.ts";
import { functionsOf } from "./functions.ts";

/** What expressions see. */
export interface Names {
  /** `$states` */
  readonly states: JsonObject;
  readonly variables: JsonObject;
  readonly random: Random;
  /** `$now()` and `$millis()`, in milliseconds since 1970. */
  readonly now: number;
}

const OPEN = "{%";
const CLOSE = "%}";

/** The expression inside `{% %}`; undefined for any other text, also where blanks stand around it. */
const expressionIn = (text: string): string | undefined =>
  text.startsWith(OPEN) && text.endsWith(CLOSE) ? text.slice(OPEN.length, -CLOSE.length).trim() : undefined;

const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);

/** `$now` takes a picture and a time zone, so it is made of the library's own formatting. */
const NOW = jsonata("function($picture, $timezone) { $fromMillis($instant, $picture, $timezone) }");

const holdsFunction = (value: unknown): boolean => {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  if ("_jsonata_lambda" in value || "_jsonata_function" in value) return true;
  return Object.values(value).some(holdsFunction);
};

/** The value of an expression. Throws States.QueryEvaluationError naming the field. */
const evaluated = async (expression: string, field: string, names: Names): Promise<Json> => {
  const about = `The JSONata expression '${expression}' specified for the field '${field}'`;
  const bindings = {
    ...functionsOf(names.random),
    ...names.variables,
    states: names.states,
    now: (await NOW.evaluate({}, { instant: names.now })) as unknown,
    millis: () => names.now,
  };
  let value: unknown;
  try {
    value = await jsonata(expression).evaluate({}, bindings);
  } catch (error) {
    throw queryFault(`${about} threw an error during evaluation. ${messageOf(error)}`);
  }
  if (value === undefined) throw queryFault(`${about} returned nothing (undefined).`);
  if (holdsFunction(value)) throw queryFault(`${about} returned an unsupported result type.`);
  return JSON.parse(JSON.stringify(value)) as Json;
};

/** Fills a template: every text that is an expression becomes its value, all else stands as it is. */
export const fill = async (template: Json, field: string, names: Names): Promise<Json> => {
  if (typeof template === "string") {
    const expression = expressionIn(template);
    return expression === undefined ? template : evaluated(expression, field, names);
  }
  if (isArray(template)) return Promise.all(template.map((item, index) => fill(item, `${field}[${index}]`, names)));
  if (!isObject(template)) return template;
  const members = Object.entries(template).map(async ([name, value]): Promise<[string, Json]> => [
    name,
    await fill(value ?? null, `${field}/${name}`, names),
  ]);
  return Object.fromEntries(await Promise.all(members));
};

/** The value of a field that must be of a kind. Throws States.QueryEvaluationError where it is of another. */
export const fillAs = async <T extends Json>(
  template: Json,
  field: string,
  names: Names,
  kind: string,
  isKind: (value: Json) => value is T,
): Promise<T> => {
  const value = await fill(template, field, names);
  if (isKind(value)) return value;
  const expression = typeof template === "string" ? (expressionIn(template) ?? template) : JSON.stringify(template);
  throw queryFault(
    `The JSONata expression '${expression}' specified for the field '${field}' returned an unexpected result type. ` +
      `Expected '${kind}', but was '${kindOf(value)}' for value: ${JSON.stringify(value)}`,
  );
};
