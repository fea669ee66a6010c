import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";

const GZIP = { level: 6, chunkSize: 1 << 20 };

const openPacked = (path: string) => {
  const [packed, file] = [createGzip(GZIP), createWriteStream(path)];
  packed.pipe(file);
  const done = finished(file);
  return {
    write: async (text: string): Promise<void> => {
      if (!packed.write(text)) await once(packed, "drain");
    },
    close: async (): Promise<void> => {
      packed.end();
      await done;
    },
  };
};

const linesIn = (text: string): number => text.split("\n").length - 1;

/** Writes a cost report as AWS delivers a large one: in packed files of about so many lines, each with the header. */
export const writePacked = async (folder: string, chunks: Iterable<string>, linesPerFile: number): Promise<void> => {
  await mkdir(folder, { recursive: true });
  let header: string | undefined;
  let file: ReturnType<typeof openPacked> | undefined;
  let [files, lines] = [0, 0];
  for (const chunk of chunks) {
    if (header === undefined) {
      header = chunk;
      continue;
    }
    if (file === undefined || lines >= linesPerFile) {
      await file?.close();
      files += 1;
      lines = 0;
      file = openPacked(join(folder, `cost-${String(files).padStart(5, "0")}.csv.gz`));
      await file.write(header);
    }
    await file.write(chunk);
    lines += linesIn(chunk);
  }
  await file?.close();
};
