import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { invalid, type Problem } from "../kernel/index.ts";
import { BOMB, isBomb } from "./unpacked.ts";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/** What archivers and people put beside the cost: the notes of a Mac, hidden files, the manifest. */
const IS_BESIDE = /(^|\/)(__MACOSX\/|\.[^./])|\.json$/i;
/** Bit 0 of the flags: the entry needs a password. */
const ENCRYPTED = 1;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const readAt = async (handle: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
};

const refusal = (name: string, reason: string): Problem =>
  invalid(name, `${reason}. Unpack it, or fetch it again.`, "UNREADABLE_FILE");

/** The entries of the central directory (PKWARE APPNOTE 4.3.12), without folders. */
const entriesOf = async (handle: FileHandle, size: number, name: string): Promise<Entry[]> => {
  const tailSize = Math.min(size, END_SIZE + MAX_COMMENT);
  const tail = await readAt(handle, size - tailSize, tailSize);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END_OF_DIRECTORY);
  const end = tail.lastIndexOf(signature);
  if (end < 0) throw refusal(name, "the zip archive has no directory at its end: it is cut off");
  const [count, length, start] = [
    tail.readUInt16LE(end + 10),
    tail.readUInt32LE(end + 12),
    tail.readUInt32LE(end + 16),
  ];
  if (start === 0xffffffff) throw refusal(name, "the zip archive is larger than 4 GB, which is not supported");
  const directory = await readAt(handle, start, length);
  const entries: Entry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.length < at + 46 || directory.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw refusal(name, "the directory of the zip archive is damaged");
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries.filter((entry) => !entry.name.endsWith("/") && !IS_BESIDE.test(entry.name));
};

const unpack = async (
  path: string,
  entry: Entry,
  dataAt: number,
  target: string,
): Promise<{ crc: number; bytes: number }> => {
  let [crc, bytes] = [0, 0];
  const source =
    entry.packedBytes === 0
      ? Readable.from([])
      : createReadStream(path, { start: dataAt, end: dataAt + entry.packedBytes - 1 });
  const check = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      if (bytes > entry.bytes) throw new RangeError("it holds more than its directory says");
      yield chunk;
    }
  };
  const output = createWriteStream(target);
  if (entry.method === DEFLATED) await pipeline(source, createInflateRaw(), check, output);
  else await pipeline(source, check, output);
  return { crc, bytes };
};

/** Unpacks the one file of a zip archive, as the legacy report delivers it. Throws an invalid Problem when it holds none or several, or is damaged. */
export const extractZip = async (path: string, target: string, name: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    const entries = await entriesOf(handle, (await stat(path)).size, name);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1)
      throw refusal(name, `the zip archive holds ${entries.length} files, and one cost file is expected`);
    if (entry.isEncrypted) throw refusal(name, `${entry.name} in the zip archive is locked by a password`);
    if (isBomb(entry.packedBytes, entry.bytes)) throw refusal(name, `${entry.name} in the zip archive: ${BOMB}`);
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw refusal(
        name,
        `${entry.name} in the zip archive is packed by method ${entry.method}, which is not supported`,
      );
    const head = await readAt(handle, entry.offset, 30);
    const dataAt = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    const found = await unpack(path, entry, dataAt, target).catch((error: unknown) => {
      throw refusal(
        name,
        `${entry.name} in the zip archive cannot be unpacked (${error instanceof Error ? error.message : "damaged"})`,
      );
    });
    if (found.crc !== entry.crc || found.bytes !== entry.bytes)
      throw refusal(name, `${entry.name} in the zip archive is damaged: its checksum or length differs`);
  } finally {
    await handle.close();
  }
};
