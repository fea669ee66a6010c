import { createHash } from "node:crypto";
import type { Json } from "../../../kernel/index.ts";
import type { ObjectStore } from "./effects.ts";
import { Failure } from "./failure.ts";

type Content = string | Uint8Array;

/** What a listing of S3 tells of an object. */
const listed = (key: string, content: Content): Json => ({
  Etag: `"${createHash("md5").update(content).digest("hex")}"`,
  Key: key,
  LastModified: 0,
  Size: Buffer.byteLength(content),
  StorageClass: "STANDARD",
});

/** Objects that last as long as the process, by `bucket/key`. */
export const memoryObjects = (entries = new Map<string, Content>()): ObjectStore => ({
  read: async (bucket, key) => {
    const content = entries.get(`${bucket}/${key}`);
    if (content === undefined)
      throw new Failure("States.ItemReaderFailed", `There is no object ${key} in the bucket ${bucket}.`);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  },
  list: async (bucket, prefix) =>
    [...entries]
      .filter(([path]) => path.startsWith(`${bucket}/${prefix}`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => listed(path.slice(bucket.length + 1), content)),
  write: async (bucket, key, content) => void entries.set(`${bucket}/${key}`, content),
});
