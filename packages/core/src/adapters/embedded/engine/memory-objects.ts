import type { ObjectStore } from "./effects.ts";
import { Failure } from "./failure.ts";

/** Objects that last as long as the process, by `bucket/key`. */
export const memoryObjects = (entries = new Map<string, string>()): ObjectStore => ({
  read: async (bucket, key) => {
    const content = entries.get(`${bucket}/${key}`);
    if (content === undefined)
      throw new Failure("States.ItemReaderFailed", `There is no object ${key} in the bucket ${bucket}.`);
    return new TextEncoder().encode(content);
  },
  list: async (bucket, prefix) =>
    [...entries]
      .filter(([path]) => path.startsWith(`${bucket}/${prefix}`))
      .map(([path, content]) => ({ Key: path.slice(bucket.length + 1), Size: Buffer.byteLength(content) }))
      .toSorted((a, b) => (a.Key < b.Key ? -1 : 1)),
  write: async (bucket, key, content) => void entries.set(`${bucket}/${key}`, content),
});
