import type { Files } from "../src/ports/index.ts";
import { missing } from "../src/kernel/index.ts";

/** Files in memory, for tests that need only a few small keys. */
export const memoryFiles = (): Pick<Files, "put" | "get" | "has" | "replace" | "list"> => {
  const kept = new Map<string, Uint8Array>();
  const set = async (key: string, content: Uint8Array) => void kept.set(key, content);
  return {
    put: set,
    replace: set,
    has: async (key) => kept.has(key),
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    get: async (key) => {
      const content = kept.get(key);
      if (!content) throw missing("file", key);
      return content;
    },
  };
};
