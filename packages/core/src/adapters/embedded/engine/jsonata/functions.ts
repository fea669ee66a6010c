import type { Json } from "../../../../kernel/index.ts";
import { digested, partitioned } from "../jsonpath/functions.ts";
import { type Random, randomOf } from "../random.ts";

/** A list with one item is that item, as everywhere in JSONata. */
const sequence = (items: readonly number[]): Json => (items.length === 1 ? (items[0] ?? null) : items);

const MOST_ITEMS = 1_000;

const range = (first: number, last: number, step: number): Json => {
  if (!step) throw new RangeError("The third argument of $range must be a number other than 0");
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > MOST_ITEMS) throw new RangeError(`$range gives at most ${MOST_ITEMS} items`);
  return sequence(Array.from({ length: count }, (_, index) => first + index * step));
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What Step Functions adds to JSONata, and what it takes away; random values come from the step's own source. */
export const functionsOf = (random: Random): Readonly<Record<string, unknown>> => ({
  partition: (list: readonly Json[], size: number) => partitioned(list, Math.floor(size)),
  range,
  hash: (value: unknown, algorithm = "SHA-256") => digested(textOf(value), algorithm),
  random: (seed?: number) => (seed === undefined ? random : randomOf("random", String(seed))).number(),
  uuid: () => random.uuid(),
  parse: (text: string) => JSON.parse(text) as Json,
  eval: undefined,
});
