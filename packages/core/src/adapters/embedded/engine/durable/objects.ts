import { Problem } from "../../../../kernel/index.ts";
import type { Files } from "../../../../ports/index.ts";
import type { ObjectStore } from "../effects.ts";
import { Failure } from "../failure.ts";

/** The one bucket of a machine, as definitions name it. */
const BUCKET = "files";

const inBucket = (bucket: string, error: string): void => {
  if (bucket !== BUCKET) throw new Failure(error, `There is no bucket ${bucket} on this machine, only ${BUCKET}.`);
};

/** What of the files port objects need. */
export type ObjectFiles = Pick<Files, "get" | "list" | "replace">;

/** The bucket behind the files port. */
export const filesObjects = (files: ObjectFiles): ObjectStore => ({
  read: async (bucket, key) => {
    inBucket(bucket, "States.ItemReaderFailed");
    try {
      return await files.get(key);
    } catch (error) {
      if (error instanceof Problem && error.kind !== "transient")
        throw new Failure("States.ItemReaderFailed", `There is no object ${key} in the bucket ${bucket}.`);
      throw error;
    }
  },
  list: async (bucket, prefix) => {
    inBucket(bucket, "States.ItemReaderFailed");
    const keys = await files.list(prefix);
    return Promise.all(
      keys.map(async (Key) => ({ Key, Size: (await files.get(Key)).byteLength, StorageClass: "STANDARD" })),
    );
  },
  write: async (bucket, key, content) => {
    inBucket(bucket, "States.ResultWriterFailed");
    await files.replace(key, new TextEncoder().encode(content));
  },
});
