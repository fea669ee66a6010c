import type { Json } from "../../../kernel/index.ts";
import type { Journal } from "./effects.ts";

/** A journal that lasts as long as the process. Given the entries of an earlier one, an execution goes on where that one was. */
export const memoryJournal = (entries = new Map<string, Json>()): Journal => {
  let events = 0;
  return {
    once: async <T extends Json>(key: string, work: () => Promise<T>): Promise<T> => {
      const known = entries.get(key);
      if (known !== undefined) return known as T;
      const value = await work();
      entries.set(key, value);
      return value;
    },
    known: (key) => entries.get(key),
    record: ({ key, at }, most) => {
      if (events >= most) return undefined;
      events += 1;
      const known = entries.get(key);
      if (known === undefined) entries.set(key, at);
      return { id: events, at: typeof known === "number" ? known : at };
    },
    child: async () => memoryJournal(entries),
  };
};
