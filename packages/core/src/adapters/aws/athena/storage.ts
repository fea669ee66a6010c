import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { AsyncBuffer } from "hyparquet";
import { missing, Problem } from "../../../kernel/index.ts";
import { awsProblem, refusalOf } from "../refusal.ts";

/** Objects beside Athena, by their `s3://` address. */
export interface Storage {
  upload(path: string, location: string): Promise<void>;
  download(location: string, path: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Addresses below a folder, in text order. */
  list(folder: string): Promise<string[]>;
  removeFolder(folder: string): Promise<void>;
  /** Reads pieces of an object, or of a file on this machine. */
  pieces(location: string): Promise<AsyncBuffer>;
}

/** S3 copies at most 5 GB in one request; one file of a cost export stays far below. */
const MOST_BYTES = 5 * 1024 ** 3;

const addressOf = (location: string): { Bucket: string; Key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(location);
  const [, Bucket = "", Key = ""] = match ?? [];
  if (match === null) throw new Problem("internal", "INTERNAL", `${location} is no address of an object`);
  return { Bucket, Key };
};

const bodyOf = (body: unknown, location: string): Readable => {
  if (!(body instanceof Readable)) throw new Problem("transient", "SERVICE_BUSY", `${location} came without content`);
  return body;
};

const localPieces = async (path: string): Promise<AsyncBuffer> => ({
  byteLength: (await stat(path)).size,
  slice: async (start, end) => {
    const handle = await open(path, "r");
    try {
      const length = (end ?? (await handle.stat()).size) - start;
      const { buffer } = await handle.read(new Uint8Array(length), 0, length, start);
      return buffer.buffer;
    } finally {
      await handle.close();
    }
  },
});

const guarded = async <T>(location: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (["NotFound", "NoSuchKey"].includes(refusalOf(error).name)) throw missing("file", location);
    throw awsProblem(error, `S3: ${location}`);
  }
};

/** Objects in S3. Throws a missing Problem where there is none, a transient one where S3 is busy. */
export const openStorage = (client: S3Client): Storage => {
  const sizeOf = (location: string): Promise<number> =>
    guarded(location, async () => (await client.send(new HeadObjectCommand(addressOf(location)))).ContentLength ?? 0);
  const list = async (folder: string): Promise<string[]> => {
    const { Bucket, Key: Prefix } = addressOf(folder);
    const found: string[] = [];
    await guarded(folder, async () => {
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        for (const { Key = "" } of page.Contents ?? []) found.push(`s3://${Bucket}/${Key}`);
    });
    return found.toSorted();
  };
  return {
    list,
    upload: async (path, location) => {
      const { size } = await stat(path);
      const Body = createReadStream(path);
      await guarded(location, () =>
        client.send(new PutObjectCommand({ ...addressOf(location), Body, ContentLength: size })),
      );
    },
    download: async (location, path) => {
      const { Body } = await guarded(location, () => client.send(new GetObjectCommand(addressOf(location))));
      await pipeline(bodyOf(Body, location), createWriteStream(path));
    },
    copy: async (from, to) => {
      if ((await sizeOf(from)) > MOST_BYTES)
        throw new Problem("invalid", "INVALID_ARGUMENT", `${from}: files over 5 GB are not taken; export smaller ones`);
      const source = addressOf(from);
      const CopySource = `${source.Bucket}/${source.Key.split("/").map(encodeURIComponent).join("/")}`;
      await guarded(from, () => client.send(new CopyObjectCommand({ ...addressOf(to), CopySource })));
    },
    removeFolder: async (folder) => {
      const { Bucket } = addressOf(folder);
      const keys = (await list(folder)).map((location) => addressOf(location).Key);
      for (let at = 0; at < keys.length; at += 1000) {
        const Objects = keys.slice(at, at + 1000).map((Key) => ({ Key }));
        await guarded(folder, () =>
          client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
        );
      }
    },
    pieces: async (location) => {
      if (!location.startsWith("s3://")) return localPieces(location);
      const byteLength = await sizeOf(location);
      return {
        byteLength,
        slice: async (start, end = byteLength) => {
          const Range = `bytes=${start}-${end - 1}`;
          const { Body } = await guarded(location, () =>
            client.send(new GetObjectCommand({ ...addressOf(location), Range })),
          );
          const bytes = await Body?.transformToByteArray();
          if (bytes === undefined) throw new Problem("transient", "SERVICE_BUSY", `${location} came without content`);
          return new Uint8Array(bytes).buffer;
        },
      };
    },
  };
};
