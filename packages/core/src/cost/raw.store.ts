import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { invalid } from "../kernel/index.ts";
import type { Files, Lake, RawSource } from "../ports/index.ts";
import { csvColumns, parquetColumns, type SourceColumn } from "./columns.ts";
import { firstRecord } from "./csv-header.ts";
import type { RawFile } from "./delivery.ts";
import { extractZip } from "./zip.store.ts";

/** A raw file, kept by its digest. */
export interface StoredFile extends Pick<RawFile, "key" | "digest" | "bytes" | "name"> {
  readonly packing: Packing;
}

/** A raw file, kept and looked through. */
export interface KeptFile {
  readonly raw: RawFile;
  readonly source: RawSource;
  readonly columns: readonly SourceColumn[];
  /** False when the last line has no line end: then a short last row means that the file was cut off. */
  readonly endsWithLine: boolean;
  /** A scratch file to discard when the lines are out of it. */
  readonly scratch: string | undefined;
}

const HEADER_LIMIT = 4 << 20;
const QUOTE = 0x22;
const LINE_END = 0x0a;

/** SHA-256 in hex of a file. Throws when it cannot be read. */
export const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

type Packing = "csv" | "gzip" | "zip" | "parquet";

/** How a file is packed, by its first bytes: names lie. */
const packingOf = async (path: string): Promise<Packing> => {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
    if (start.toString("latin1") === "PAR1") return "parquet";
    return start.toString("latin1") === "PK\u0003\u0004" ? "zip" : "csv";
  } finally {
    await handle.close();
  }
};

interface Text {
  readonly header: readonly string[];
  readonly endsWithLine: boolean;
}

const countQuotes = (chunk: Uint8Array): number => {
  let quotes = 0;
  for (let at = 0; at < chunk.length; at += 1) if (chunk[at] === QUOTE) quotes += 1;
  return quotes;
};

const readText = async (
  path: string,
  isCompressed: boolean,
  use: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> => {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  if (isCompressed) await pipeline(file, createGunzip({ chunkSize: 1 << 20 }), use);
  else await pipeline(file, use);
};

/**
 * Reads the whole text once: the analytical engine takes a gzip stream that breaks off, or a quote that is never closed, for the end of
 * the file. Throws an invalid Problem for both.
 */
const lookThrough = async (path: string, name: string, isCompressed: boolean): Promise<Text> => {
  let [start, header, quotes, last, bytes] = ["", undefined as readonly string[] | undefined, 0, LINE_END, 0];
  try {
    await readText(path, isCompressed, async (chunks) => {
      for await (const chunk of chunks) {
        quotes += countQuotes(chunk);
        last = chunk.at(-1) ?? last;
        bytes += chunk.length;
        if (header !== undefined || start.length >= HEADER_LIMIT) continue;
        start += chunk.toString("utf8");
        header = firstRecord(start, false);
      }
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(
      name,
      `the gzip stream cannot be read to its end (${reason}): the file is cut off or damaged. Fetch it again.`,
      "UNREADABLE_FILE",
    );
  }
  if (bytes === 0) throw invalid(name, "the file is empty, without even a header. Fetch it again.", "UNREADABLE_FILE");
  if (quotes % 2 === 1)
    throw invalid(
      name,
      "a quoted field is never closed: the file is cut off or damaged. Fetch it again.",
      "UNREADABLE_FILE",
    );
  header ??= firstRecord(start, true);
  if (header === undefined)
    throw invalid(name, "the first 4 MB hold no complete header: this is no cost file", "UNREADABLE_FILE");
  return { header, endsWithLine: last === LINE_END };
};

const EXTENSION: Readonly<Record<Packing, string>> = { csv: ".csv", gzip: ".csv.gz", zip: ".zip", parquet: ".parquet" };

/** Keeps a raw file by its digest; the same bytes again change nothing. */
export const storeRawFile = async (
  files: Files,
  file: { readonly path: string; readonly name: string },
): Promise<StoredFile> => {
  const packing = await packingOf(file.path);
  const keyOf = (digest: string): string => `raw/cur/${digest}${EXTENSION[packing]}`;
  const known = await digestOfFile(file.path);
  if (await files.has(keyOf(known)))
    return { key: keyOf(known), digest: known, bytes: (await stat(file.path)).size, name: file.name, packing };
  // The file may change while it is copied: what counts is what was copied.
  const copy = await files.scratchPath(EXTENSION[packing]);
  await copyFile(file.path, copy);
  const [digest, { size }] = await Promise.all([digestOfFile(copy), stat(copy)]);
  await files.putFile(keyOf(digest), copy);
  return { key: keyOf(digest), digest, bytes: size, name: file.name, packing };
};

const rawOf = ({ key, digest, bytes, name }: StoredFile, columns: readonly string[]): RawFile => ({
  key,
  digest,
  bytes,
  name,
  columns,
});

/**
 * Looks through the kept bytes of a raw file (the file they came from may still change) and says how to read it. Throws an invalid
 * Problem when it cannot be read to its end.
 */
export const openRawFile = async (
  ports: { readonly files: Files; readonly lake: Lake },
  stored: StoredFile,
): Promise<KeptFile> => {
  const location = await ports.files.location(stored.key);
  const { packing, name } = stored;
  if (packing === "parquet") {
    const columns = parquetColumns(await ports.lake.describe(location, name));
    const raw = rawOf(
      stored,
      columns.map((column) => column.name),
    );
    return { raw, columns, source: { kind: "parquet", path: location }, endsWithLine: true, scratch: undefined };
  }
  const scratch = packing === "zip" ? await ports.files.scratchPath(".csv") : undefined;
  const path = await ports.files.localPath(stored.key);
  if (scratch !== undefined) await extractZip(path, scratch, name);
  const text = await lookThrough(scratch ?? path, name, packing === "gzip");
  return {
    raw: rawOf(stored, text.header),
    columns: csvColumns(text.header),
    source: { kind: "csv", path: scratch ?? location, isCompressed: packing === "gzip", width: text.header.length },
    endsWithLine: text.endsWithLine,
    scratch,
  };
};
