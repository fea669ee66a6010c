import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A shape of the models that AWS publishes for its services, as npm `aws-sdk` carries them: without `type` it is a text. */
interface Shape {
  readonly type?: string;
  readonly shape?: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Shape>>;
  readonly member?: Shape;
  readonly key?: Shape;
  readonly value?: Shape;
}

interface Operation {
  readonly input?: Shape;
  readonly http?: { readonly requestUri?: string; readonly method?: string };
}

export interface ServiceModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** What the published models leave out: lengths, patterns and choices of texts and bounds of numbers, by the member's name. */
export interface Bound {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
}
export type Bounds = Readonly<Record<string, Bound>>;

/** Reads a model, such as `states-2016-11-23`. */
export const serviceModel = (name: string): ServiceModel => {
  const path = createRequire(import.meta.url).resolve(`aws-sdk/apis/${name}.min.json`);
  return JSON.parse(readFileSync(path, "utf8")) as ServiceModel;
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  // Base64 in JSON.
  blob: (value) => typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  long: Number.isInteger,
  float: Number.isFinite,
  double: Number.isFinite,
  timestamp: Number.isFinite,
  list: Array.isArray,
  map: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  structure: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const boundFaults = (value: unknown, path: string, bound: Bound): string[] => {
  const size = typeof value === "string" ? value.length : Number(value);
  const what = typeof value === "string" ? "length " : "value ";
  const must = (isKept: boolean, rule: string): string[] =>
    isKept ? [] : [`Value at '${path}' failed to satisfy constraint: Member must ${rule}`];
  return [
    ...must(size >= (bound.min ?? -Infinity), `have ${what}greater than or equal to ${bound.min}`),
    ...must(size <= (bound.max ?? Infinity), `have ${what}less than or equal to ${bound.max}`),
    ...must(bound.pattern?.test(String(value)) ?? true, `satisfy regular expression pattern: ${bound.pattern?.source}`),
    ...must(bound.oneOf?.includes(String(value)) ?? true, `satisfy enum value set: [${bound.oneOf?.join(", ")}]`),
  ];
};

/** What the service would find wrong with a value: wrong types, unknown and missing members, bounds. */
const faultsOf = (model: ServiceModel, given: Shape, value: unknown, path: string, bounds: Bounds): string[] => {
  const shape = given.shape === undefined ? given : { ...model.shapes[given.shape], ...given };
  const type = shape.type ?? (shape.members === undefined ? "string" : "structure");
  if (TYPES[type]?.(value) !== true) return [`Value at '${path}' is no ${type}`];
  if (type === "list")
    return (value as unknown[]).flatMap((item, index) =>
      faultsOf(model, shape.member ?? {}, item, `${path}.${index + 1}.member`, bounds),
    );
  if (type === "map")
    return Object.entries(value as object).flatMap(([key, member]) =>
      faultsOf(model, shape.value ?? {}, member, `${path}.${key}`, bounds),
    );
  if (type !== "structure") return boundFaults(value, path, bounds[path.split(".").at(-1) ?? ""] ?? {});
  const members = Object.entries(value as object).filter(([, member]) => member !== null);
  const missing = (shape.required ?? []).filter((name) => !members.some(([known]) => known === name));
  return [
    ...missing.map((name) => `Value null at '${name}' failed to satisfy constraint: Member must not be null`),
    ...members.flatMap(([name, member]) => {
      const known = shape.members?.[name];
      const place = path === "" ? name : `${path}.${name}`;
      return known === undefined
        ? [`'${place}' is no member of the request`]
        : faultsOf(model, known, member, place, bounds);
    }),
  ];
};

/** What the service would refuse in the input of an operation; undefined when it takes it. */
export const refusal = (
  model: ServiceModel,
  operation: string,
  input: unknown,
  bounds: Bounds = {},
): string | undefined => {
  const shape = model.operations[operation]?.input;
  const faults = shape === undefined ? [`${operation} is no operation`] : faultsOf(model, shape, input, "", bounds);
  return faults.length === 0
    ? undefined
    : `${faults.length} validation error${faults.length === 1 ? "" : "s"} detected: ${faults.join("; ")}`;
};
