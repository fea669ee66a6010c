import { createReadStream } from "node:fs";
import { copyFile, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { invalid, Problem } from "../kernel/index.ts";
import type { Files, Lake, RawSource } from "../ports/index.ts";
import { csvColumns, parquetColumns, type SourceColumn } from "./columns.ts";
import { firstRecord } from "./csv-header.ts";
import { csvScanner, type Scanned } from "./csv-scan.ts";
import type { RawFile } from "./delivery.ts";
import { type Finding, finding, withoutNul } from "./finding.ts";
import { BOMB, isBomb } from "./unpacked.ts";
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
  /** Lines below the header as we count them; undefined where only the engine can count. */
  readonly lines: number | undefined;
  /** False when the last line has no line end: then a short last row means that the file was cut off. */
  readonly endsWithLine: boolean;
  /** False where no text begins or ends with a blank. */
  readonly mayBePadded: boolean;
  /** A scratch file to discard when the lines are out of it. */
  readonly scratch: string | undefined;
}

const HEADER_LIMIT = 4 << 20;

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

interface Text extends Scanned {
  readonly header: readonly string[];
}

const readText = async (
  path: string,
  isCompressed: boolean,
  use: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> => {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  if (isCompressed) await pipeline(file, createGunzip({ chunkSize: 1 << 20 }), use);
  else await pipeline(file, use);
};

const refusal = (name: string, reason: string): Problem => invalid(name, reason, "UNREADABLE_FILE");

/** Why a text cannot be cost lines, whatever its columns; undefined where nothing speaks against it. */
const faultOf = (text: Scanned): string | undefined => {
  if (text.bytes === 0) return "the file is empty, without even a header. Fetch it again.";
  if (text.nulRecord !== undefined)
    return `row ${text.nulRecord} holds a NUL byte: the file is damaged, or in UTF-16. Fetch it again, or convert it to UTF-8.`;
  if (text.longRecord !== undefined)
    return `row ${text.longRecord} is longer than 4 MB: a quote or a line end is missing, or this is no cost file. Fetch it again.`;
  if (text.isQuoteOpen) return "a quoted field is never closed: the file is cut off or damaged. Fetch it again.";
  if (text.oddLineRecord !== undefined)
    return `row ${text.oddLineRecord} ends in another way than the rows before it, or holds a carriage return alone: the file was put together or edited. Fetch it again, or save it with one kind of line end.`;
  return undefined;
};

/**
 * Reads the whole text once: the analytical engine takes a gzip stream that breaks off, or a quote that is never closed, for the end of
 * the file. Throws an invalid Problem for both, and for what cannot be text.
 */
const lookThrough = async (path: string, name: string, isCompressed: boolean): Promise<Text> => {
  const scanner = csvScanner();
  const packedBytes = (await stat(path)).size;
  let [start, header, bytes] = ["", undefined as readonly string[] | undefined, 0];
  try {
    await readText(path, isCompressed, async (chunks) => {
      for await (const chunk of chunks) {
        scanner.take(chunk);
        bytes += chunk.length;
        if (isCompressed && isBomb(packedBytes, bytes)) throw refusal(name, `${BOMB}. Fetch it again.`);
        if (scanner.isEndless()) throw refusal(name, faultOf(scanner.done()) ?? "a row never ends");
        if (header !== undefined || start.length >= HEADER_LIMIT) continue;
        start += chunk.toString("utf8");
        header = firstRecord(start, false);
      }
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw refusal(
      name,
      `the gzip stream cannot be read to its end (${reason}): the file is cut off or damaged. Fetch it again.`,
    );
  }
  const scanned = scanner.done();
  const fault = faultOf(scanned);
  if (fault !== undefined) throw refusal(name, fault);
  header ??= firstRecord(start, true);
  if (header === undefined) throw refusal(name, "the first 4 MB hold no complete header: this is no cost file");
  return { ...scanned, header };
};

const EXTENSION: Readonly<Record<Packing, string>> = { csv: ".csv", gzip: ".csv.gz", zip: ".zip", parquet: ".parquet" };

/** Keeps a raw file by its digest; the same bytes again change nothing. */
export const storeRawFile = async (
  files: Files,
  file: { readonly path: string; readonly name: string },
): Promise<StoredFile> => {
  const packing = await packingOf(file.path);
  const keyOf = (digest: string): string => `raw/cur/${digest}${EXTENSION[packing]}`;
  const known = await files.digestOf(file.path);
  if (await files.has(keyOf(known)))
    return { key: keyOf(known), digest: known, bytes: (await stat(file.path)).size, name: file.name, packing };
  // The file may change while it is copied: what counts is what was copied.
  const copy = await files.scratchPath(EXTENSION[packing]);
  await copyFile(file.path, copy);
  const [digest, { size }] = await Promise.all([files.digestOf(copy), stat(copy)]);
  await files.putFile(keyOf(digest), copy);
  return { key: keyOf(digest), digest, bytes: size, name: file.name, packing };
};

/** The same bytes under two names are one file: a copy that lies beside a part would count its lines twice. */
export const distinct = (stored: readonly StoredFile[]): { files: StoredFile[]; findings: Finding[] } => {
  const byDigest = [...Map.groupBy(stored, (file) => file.digest).values()];
  return {
    files: byDigest.flatMap(([first]) => first ?? []),
    findings: byDigest.flatMap(([first, ...copies]) =>
      copies.map((copy) =>
        finding("repeated_file", { file: copy.name }, `holds the same bytes as ${first?.name ?? ""}, and was left out`),
      ),
    ),
  };
};

const rawOf = ({ key, digest, bytes, name }: StoredFile, columns: readonly string[]): RawFile => ({
  key,
  digest,
  bytes,
  name,
  columns: columns.map(withoutNul),
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
    return {
      raw,
      columns,
      source: { kind: "parquet", path: location },
      lines: undefined,
      endsWithLine: true,
      mayBePadded: true,
      scratch: undefined,
    };
  }
  const scratch = packing === "zip" ? await ports.files.scratchPath(".csv") : undefined;
  const path = await ports.files.localPath(stored.key);
  if (scratch !== undefined) await extractZip(path, scratch, name);
  const text = await lookThrough(scratch ?? path, name, packing === "gzip");
  return {
    raw: rawOf(stored, text.header),
    columns: csvColumns(text.header),
    source: { kind: "csv", path: scratch ?? location, isCompressed: packing === "gzip", width: text.header.length },
    lines: text.records - 1,
    endsWithLine: text.endsWithLine,
    mayBePadded: text.mayBePadded,
    scratch,
  };
};
