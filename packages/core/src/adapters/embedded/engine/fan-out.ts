import { setMaxListeners } from "node:events";
import { Aborted } from "./failure.ts";

/**
 * Does work for 0 to count - 1, begun in that order, at most `limit` at once. The first failure stops the rest, and is thrown when all of
 * it has ended.
 */
export const fanOut = async <T>(
  parent: AbortSignal,
  count: number,
  limit: number,
  work: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> => {
  const own = new AbortController();
  const signal = AbortSignal.any([parent, own.signal]);
  setMaxListeners(0, signal);
  const results: T[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(index, signal);
      } catch (error) {
        failures.push(error);
        own.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, limit) }, worker));
  if (failures.length > 0) throw failures[0];
  if (parent.aborted) throw new Aborted();
  return results;
};
