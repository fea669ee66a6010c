import { Problem } from "@commops/core/kernel";
import { tryExact } from "@commops/core/money";
import { TooLargeProblem } from "./errors.ts";

const MIB = 1024 * 1024;
/** What a JSON body may weigh where its route says nothing else. */
export const DEFAULT_MAX_BYTES = MIB;
const MAX_DEPTH = 32;

/** The bytes of a body. Throws TooLargeProblem as soon as there are more than the limit. */
export const readBytes = async (request: Request, limit: number): Promise<Uint8Array> => {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new TooLargeProblem(limit);
  const parts: Uint8Array[] = [];
  let size = 0;
  if (request.body)
    for await (const part of request.body) {
      size += part.byteLength;
      if (size > limit) throw new TooLargeProblem(limit);
      parts.push(part);
    }
  return Buffer.concat(parts);
};

const malformed = (reason: string): Problem =>
  new Problem("invalid", "INVALID_ARGUMENT", `body: ${reason}`, { details: [{ field: "body", reason }] });

/** A float keeps every decimal of this form: 15 digits at most (IEEE 754, binary64). */
const SURE = /^-?(?=.{1,15}$)\d+(?:\.\d+)?$/;
/** Longer numbers, and powers of ten beyond two digits, are no amount: they stay as they were written, for the schema to refuse. */
const COMPARABLE = /^(?=.{1,64}$)[^eE]+(?:[eE][+-]?\d{1,2})?$/;

/** Text that a database can hold: no NUL, no half of a character. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** A number as it was written where a float would lose digits of it: amounts are decimals, never floats. */
const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (!isStorable(key) || (typeof value === "string" && !isStorable(value)))
    throw malformed(`${JSON.stringify(key)} holds a NUL or half of a character`);
  if (typeof value !== "number" || context?.source === undefined || SURE.test(context.source)) return value;
  if (!COMPARABLE.test(context.source)) return context.source;
  const written = tryExact(context.source);
  const kept = tryExact(String(value));
  return written?.n === kept?.n && written?.d === kept?.d ? value : context.source;
};

const depthOf = (value: unknown, depth = 0): number => {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return depth;
  let deepest = depth;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member, depth + 1));
  return deepest;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON object from a body; nothing at all reads as an empty object. Throws invalid for anything else. */
export const readJson = async (request: Request, limit: number): Promise<Readonly<Record<string, unknown>>> => {
  const bytes = await readBytes(request, limit);
  if (bytes.byteLength === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes), keepDigits);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw malformed(`not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
  if (!isRecord(value)) throw malformed("a JSON object is expected");
  if (depthOf(value) > MAX_DEPTH) throw malformed(`nested deeper than ${MAX_DEPTH}`);
  return value;
};
