import { z } from "zod";
import type { ApiContext } from "./context.ts";

const streamed = z.object({
  file_name: z.string(),
  content_type: z.string(),
  chunks: z.custom<AsyncIterable<string>>((value) => typeof value === "object" && value !== null),
});

/** Bytes as they are asked for. An error in the middle breaks the connection, so that half a file never looks whole. */
const bytesOf = (chunks: AsyncIterable<string>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const iterator = chunks[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
};

/** A download that is sent while it is made: nothing waits for its end, and little is held in memory. */
export const sendStream = (c: ApiContext, result: unknown): Response => {
  const { file_name: name, content_type: type, chunks } = streamed.parse(result);
  return c.body(bytesOf(chunks), 200, {
    "content-type": type,
    "content-disposition": `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}"`,
  });
};
