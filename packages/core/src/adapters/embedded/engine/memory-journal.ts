import type { Json } from "../../../kernel/index.ts";
import type { Journal } from "./effects.ts";

/** A journal that lasts as long as the process. Given the entries of an earlier one, an execution goes on where that one was. */
export const memoryJournal = (entries = new Map<string, Json>()): Journal => ({
  once: async <T extends Json>(key: string, work: () => Promise<T>): Promise<T> => {
    const known = entries.get(key);
    if (known !== undefined) return known as T;
    const value = await work();
    entries.set(key, value);
    return value;
  },
});
