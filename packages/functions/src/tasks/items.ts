import { type Json, sha256 } from "@commops/core/kernel";
import type { Call } from "@commops/core/record";
import { z } from "zod";

/** What a map reads: one entry an item. `subject` says what it is about. */
export interface Item {
  readonly subject: string;
  readonly [field: string]: string;
}

/** Writes a map's items where its reader finds them; the list of the same execution is written over. */
export const writeItems = async (
  call: Call,
  of: { readonly machine: string; readonly execution: string },
  items: readonly Item[],
): Promise<{ items: string; count: number }> => {
  const key = `workflows/${of.machine}/items/${sha256(of.execution).slice(0, 32)}.json`;
  await call.world.files.replace(key, new TextEncoder().encode(JSON.stringify(items)));
  return { items: key, count: items.length };
};

export const itemsOutput = z.object({ items: z.string(), count: z.int() });

/** What became of one item of a map. */
export interface ItemResult {
  readonly subject: string;
  readonly period: string | undefined;
  readonly failure: { readonly error: string; readonly message: string } | undefined;
}

const fileList = z.array(z.object({ Key: z.string() })).default([]);
const manifestSchema = z.object({ ResultFiles: z.object({ SUCCEEDED: fileList, FAILED: fileList }) });
const childSchema = z.object({
  Input: z.string(),
  Output: z.string().optional(),
  Error: z.string().nullish(),
  Cause: z.string().nullish(),
});
const itemSchema = z.object({ subject: z.string(), period: z.string().optional() });
const failedSchema = z.object({ outcome: z.literal("failed"), error: z.string(), cause: z.string() });
const thrownSchema = z.object({ errorMessage: z.string() });

/** What an error's cause says to a person: the message within it, where it is one that a function threw. */
export const messageOf = (cause: string): string => {
  try {
    const thrown = thrownSchema.safeParse(JSON.parse(cause));
    return thrown.success ? thrown.data.errorMessage : cause;
  } catch {
    return cause;
  }
};

const parsedJson = (text: string): unknown => JSON.parse(text) as unknown;

const resultOf = (entry: unknown): ItemResult => {
  const child = childSchema.parse(entry);
  const { subject, period } = itemSchema.parse(parsedJson(child.Input));
  const failed = failedSchema.safeParse(child.Output === undefined ? undefined : parsedJson(child.Output));
  if (failed.success)
    return { subject, period, failure: { error: failed.data.error, message: messageOf(failed.data.cause) } };
  if (child.Output !== undefined) return { subject, period, failure: undefined };
  return { subject, period, failure: { error: child.Error ?? "Failed", message: messageOf(child.Cause ?? "") } };
};

/** What a map's result writer wrote, item by item. */
export const readResults = async (call: Call, manifestKey: string): Promise<ItemResult[]> => {
  const { files } = call.world;
  const read = async (key: string): Promise<Json> => JSON.parse(new TextDecoder().decode(await files.get(key))) as Json;
  const { ResultFiles } = manifestSchema.parse(await read(manifestKey));
  const results: ItemResult[] = [];
  for (const { Key } of [...ResultFiles.SUCCEEDED, ...ResultFiles.FAILED])
    results.push(
      ...z
        .array(z.unknown())
        .parse(await read(Key))
        .map(resultOf),
    );
  return results;
};
