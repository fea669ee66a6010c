import type { Json } from "../../../../kernel/index.ts";
import { isObject, jsonBytes, type JsonObject } from "../json.ts";
import type { Frame, Language } from "../language.ts";

/** The input of one child of a distributed map, and how many items it stands for. */
export interface Batch {
  readonly input: Json;
  readonly size: number;
}

const bound = async (
  rules: JsonObject,
  field: "MaxItemsPerBatch" | "MaxInputBytesPerBatch",
  language: Language,
  frame: Frame,
): Promise<number> => {
  const path = rules[`${field}Path`];
  const given = path === undefined ? rules[field] : path;
  if (given === undefined || given === null) return Infinity;
  const template = path === undefined ? given : { "value.$": given };
  const read = await language.template(frame, `ItemBatcher/${field}`, template);
  const value = path !== undefined && isObject(read) ? read.value : read;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw language.fault(`${field} must be a whole number above 0, but was ${JSON.stringify(value)}.`);
};

const batchOf = (items: readonly Json[], shared: Json | undefined): Batch => ({
  input: shared === undefined ? { Items: items } : { BatchInput: shared, Items: items },
  size: items.length,
});

/** Puts items together, in order, as long as a batch stays within both bounds; an item that is too large by itself goes alone. */
const packed = (items: readonly Json[], shared: Json | undefined, mostItems: number, mostBytes: number): Batch[] => {
  const batches: Batch[] = [];
  const empty = jsonBytes(batchOf([], shared).input);
  let current: Json[] = [];
  let bytes = empty;
  for (const item of items) {
    const size = jsonBytes(item);
    const grown = bytes + size + (current.length === 0 ? 0 : 1);
    if (current.length > 0 && (current.length >= mostItems || grown > mostBytes)) {
      batches.push(batchOf(current, shared));
      current = [];
      bytes = empty + size;
    } else bytes = grown;
    current.push(item);
  }
  return current.length === 0 ? batches : [...batches, batchOf(current, shared)];
};

/** What each child is given: one item, or with ItemBatcher `{ BatchInput, Items }`. */
export const batchesOf = async (
  items: readonly Json[],
  language: Language,
  frame: Frame,
): Promise<readonly Batch[]> => {
  const rules = frame.state.ItemBatcher;
  if (rules === undefined) return items.map((input) => ({ input, size: 1 }));
  const shared =
    rules.BatchInput === undefined
      ? undefined
      : await language.template(frame, "ItemBatcher/BatchInput", rules.BatchInput);
  const mostItems = await bound(rules, "MaxItemsPerBatch", language, frame);
  const mostBytes = await bound(rules, "MaxInputBytesPerBatch", language, frame);
  return packed(items, shared, mostItems, mostBytes);
};
