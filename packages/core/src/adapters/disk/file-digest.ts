import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 in hex of a file, which is not held in memory. */
export const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
};
