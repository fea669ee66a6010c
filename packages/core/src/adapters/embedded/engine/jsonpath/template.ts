import type { Json } from "../../../../kernel/index.ts";
import { runtimeFault } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import type { Random } from "../random.ts";
import { evaluateIntrinsic, isIntrinsic } from "./intrinsic.ts";
import { pathOf } from "./path.ts";
import { lookUp, type PathData } from "./query.ts";

/** The value of a path or an intrinsic function in a field. Throws States.Runtime naming the field, or States.IntrinsicFailure. */
export const valueOf = (text: string, field: string, data: PathData, random: Random): Json => {
  if (isIntrinsic(text)) return evaluateIntrinsic(text, data, random);
  if (data.data === null && pathOf(text).root === "data")
    throw runtimeFault("Unable to apply Path transformation to null or empty input.");
  const found = lookUp(text, data);
  if (found === undefined)
    throw runtimeFault(
      `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(data.data)}'`,
    );
  return found;
};

/** Fills a payload template: members whose names end in `.$` hold paths or intrinsic functions, all else stands as it is. */
export const fill = (template: Json, data: PathData, random: Random): Json => {
  if (isArray(template)) return template.map((item) => fill(item, data, random));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]): [string, Json] =>
      name.endsWith(".$") && typeof value === "string"
        ? [name.slice(0, -2), valueOf(value, name, data, random)]
        : [name, fill(value ?? null, data, random)],
    ),
  );
};

/** Fills a template that is an object at its top, as Assign is. */
export const fillObject = (template: JsonObject, data: PathData, random: Random): JsonObject => {
  const filled = fill(template, data, random);
  return isObject(filled) ? filled : {};
};
