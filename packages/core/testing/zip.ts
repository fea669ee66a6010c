import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly content: string;
  readonly isEncrypted?: boolean;
  /** What the directory says of its size, where that is not the truth. */
  readonly claimedBytes?: number;
}

/** A zip archive of the given entries (PKWARE APPNOTE 4.3). */
export const zipOf = (...entries: readonly ZipEntry[]): Uint8Array => {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  const sizeOf = (parts: readonly Buffer[]): number => parts.reduce((sum, part) => sum + part.length, 0);
  for (const { name: text, content, isEncrypted = false, claimedBytes } of entries) {
    const [data, name] = [deflateRawSync(content), Buffer.from(text)];
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(isEncrypted ? 1 : 0, 8);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(claimedBytes ?? Buffer.byteLength(content), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(sizeOf(files), 42);
    files.push(head, name, data);
    directory.push(entry, name);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(sizeOf(directory), 12);
  end.writeUInt32LE(sizeOf(files), 16);
  return Buffer.concat([...files, ...directory, end]);
};
