import { canonicalJson, type Json } from "../../../kernel/index.ts";

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** Whether two values are the same JSON; the order of members does not matter. */
export const sameJson = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);

/** Size of a value as JSON text, in bytes of UTF-8. */
export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

/** The kind of a value, as error messages name it. */
export const kindOf = (value: Json): string => {
  if (value === null) return "null";
  return isArray(value) ? "array" : typeof value;
};
