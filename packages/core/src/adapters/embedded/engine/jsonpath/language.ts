import type { Json } from "../../../../kernel/index.ts";
import type { State } from "../definition.ts";
import { runtimeFault } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import { type Conclusion, type Frame, type Language, nextOf, type NumberField } from "../language.ts";
import { holds } from "./choice.ts";
import { type PathData, requirePath } from "./query.ts";
import { withValueAt } from "./reference.ts";
import { fill, fillObject, valueOf } from "./template.ts";

const dataOf = (frame: Frame, data: Json, context = frame.context): PathData => ({
  data,
  context,
  variables: frame.variables,
});

/** InputPath and OutputPath: null gives an empty object. */
const selected = (path: string | null | undefined, frame: Frame, data: Json): Json => {
  if (path === null) return {};
  return path === undefined ? data : requirePath(path, dataOf(frame, data));
};

const effectiveInput = (frame: Frame): Json => selected(frame.state.InputPath, frame, frame.input);

const assigned = (template: JsonObject | undefined, frame: Frame, data: Json): JsonObject =>
  template === undefined
    ? frame.variables
    : { ...frame.variables, ...fillObject(template, dataOf(frame, data), frame.random) };

/** ResultPath: where the result goes in the input; null leaves it out. */
const placed = (path: string | null | undefined, input: Json, result: Json): Json => {
  if (path === null) return input;
  return path === undefined ? result : withValueAt(input, path, result);
};

const filled = (template: Json | undefined, frame: Frame, data: Json): Json =>
  template === undefined ? data : fill(template, dataOf(frame, data), frame.random);

const conclusion = (frame: Frame, result: Json, assign: JsonObject | undefined, data: Json): Conclusion => ({
  output: selected(frame.state.OutputPath, frame, result),
  variables: assigned(assign, frame, data),
});

/** The work of a Parallel is not among what TestState shows. */
const work = (frame: Frame): Json => {
  const input = effectiveInput(frame);
  const isShown = frame.state.Type !== "Parallel";
  if (isShown) frame.note("afterInputPath", input);
  const parameters = filled(frame.state.Parameters, frame, input);
  if (isShown) frame.note("afterParameters", parameters);
  return parameters;
};

const INTEGERS: ReadonlySet<NumberField> = new Set([
  "TimeoutSeconds",
  "HeartbeatSeconds",
  "Seconds",
  "MaxConcurrency",
  "ToleratedFailureCount",
]);

const numberAt = (frame: Frame, field: NumberField, path: string): number => {
  const value = requirePath(path, dataOf(frame, effectiveInput(frame)));
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const isWhole = INTEGERS.has(field);
  if (typeof number === "number" && (isWhole ? Number.isInteger(number) : Number.isFinite(number))) return number;
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  throw runtimeFault(
    `The ${field}Path field refers to value "${shown}" which is not a valid ${isWhole ? "integer" : "float"}: ${path}`,
  );
};

const passResult = (frame: Frame): Json => {
  const { Result } = frame.state;
  if (Result === undefined) return work(frame);
  frame.note("result", Result);
  return Result;
};

const conclude = (frame: Frame, result: Json): Conclusion => {
  const { state } = frame;
  const shaped = filled(state.ResultSelector, frame, result);
  frame.note("afterResultSelector", shaped);
  const combined = placed(state.ResultPath, frame.input, shaped);
  frame.note("afterResultPath", combined);
  return conclusion(frame, combined, state.Assign, result);
};

const textAt = (frame: Frame, field: keyof State, text: string): string => {
  const value = valueOf(text, field, dataOf(frame, effectiveInput(frame)), frame.random);
  if (typeof value === "string") return value;
  throw runtimeFault(`The ${field} field refers to a value that is not a string: ${text} == ${JSON.stringify(value)}`);
};

/** JSONPath with payload templates and intrinsic functions. */
export const jsonPath: Language = {
  fault: runtimeFault,
  work: async (frame) => work(frame),
  mapInput: (frame) => {
    const input = effectiveInput(frame);
    frame.note("afterInputPath", input);
    return input;
  },
  items: async (frame) => {
    const path = frame.state.ItemsPath ?? "$";
    const items = requirePath(path, dataOf(frame, effectiveInput(frame)));
    if (!isArray(items)) throw runtimeFault(`Reference path "${path.replace("$$", "$")}" must point to array.`);
    frame.note("afterItemsPath", items);
    return items;
  },
  template: async (frame, _, template, context) =>
    fill(template, dataOf(frame, effectiveInput(frame), context), frame.random),
  number: async (frame, field) => {
    const literal = frame.state[field];
    const path = frame.state[`${field}Path`];
    if (path !== undefined) return numberAt(frame, field, path);
    return literal === undefined ? undefined : Number(literal);
  },
  text: async (frame, field) => {
    const path = frame.state[`${field}Path`];
    return path === undefined ? frame.state[field] : textAt(frame, `${field}Path`, path);
  },
  pass: async (frame) => conclude(frame, passResult(frame)),
  moveOn: async (frame) => {
    const input = effectiveInput(frame);
    frame.note("afterInputPath", input);
    return conclusion(frame, input, frame.state.Assign, input);
  },
  conclude: async (frame, result) => conclude(frame, result),
  recover: async (frame, catcher, error) => ({
    output: placed(catcher.ResultPath, frame.input, error),
    variables: assigned(catcher.Assign, frame, error),
  }),
  choose: async (frame) => {
    const input = effectiveInput(frame);
    frame.note("afterInputPath", input);
    const rule = (frame.state.Choices ?? []).find((one) => holds(one, dataOf(frame, input)));
    if (rule === undefined)
      return { next: frame.state.Default, ...conclusion(frame, input, frame.state.Assign, input) };
    const assign = isObject(rule.Assign) ? rule.Assign : undefined;
    return { next: nextOf(rule), ...conclusion(frame, input, assign, input) };
  },
};
