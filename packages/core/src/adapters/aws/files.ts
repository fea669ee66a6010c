import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { exists, invalid, missing, Problem, sha256 } from "../../kernel/index.ts";
import type { Files } from "../../ports/index.ts";
import { digestOfFile } from "../disk/file-digest.ts";
import { awsProblem, refusalOf } from "./refusal.ts";
import { DIGEST, putBytes, putParts, type Target } from "./upload.ts";

const MIB = 1024 ** 2;
const PART_BYTES = 64 * MIB;
const MOST_KEY_BYTES = 1024;
const ATTEMPTS = 3;

/** Object storage in S3, with a scratch folder on this machine. */
export interface BucketFiles extends Files {
  /** Removes everything from the scratch folder, downloads too. A function's container lives on, and its disk is small. */
  clear(): Promise<void>;
}

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** A folder of this process alone. */
  readonly scratch: string;
  /** Files larger than this are sent in parts of this size. */
  readonly partBytes?: number;
}

const checked = (key: string): string => {
  const isPlain = key.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain || key.includes("\0") || Buffer.byteLength(key) > MOST_KEY_BYTES)
    throw invalid("key", `${JSON.stringify(key)} is not a key: use a relative path below the storage root`);
  return key;
};

const problemOf = (error: unknown, what: string, key: string): Problem => {
  const { name } = refusalOf(error);
  if (name === "NoSuchKey" || name === "NotFound") return missing("file", key);
  return awsProblem(error, `S3: ${what} ${key}`);
};

/** Tries again what ended in the middle: a body that broke off is no failed request to the SDK. */
const insisting = async <T>(what: string, key: string, work: () => Promise<T>): Promise<T> => {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      const problem = problemOf(error, what, key);
      if (problem.kind !== "transient" || left === 0) throw problem;
    }
  }
};

const head = async ({ client, bucket }: Place, key: string) =>
  insisting("look at", key, () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));

const content = async ({ client, bucket }: Place, key: string): Promise<Uint8Array> =>
  insisting("read", key, async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body?.transformToByteArray() ?? new Uint8Array();
  });

/** SHA-256 in hex of what a key holds: as it was noted, or of the bytes where something else wrote them. */
const keptDigest = async (place: Place, key: string): Promise<string> =>
  (await head(place, key)).Metadata?.[DIGEST] ?? sha256(await content(place, key));

/** Writes a key once. Where it holds something, the same bytes are fine and others are refused. */
const putOnce = async (place: Place, target: Target, send: () => Promise<void>): Promise<void> => {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return await send();
    } catch (error) {
      const { name, status } = refusalOf(error);
      if (name === "PreconditionFailed" || status === 412) {
        if ((await keptDigest(place, target.key)) === target.digest) return;
        throw exists(`${target.key} holds other bytes already. A key is never overwritten: use a new one.`);
      }
      // 409: another writer of the same key is at it; the next look finds what it made.
      if (status !== 409 || left === 0) throw problemOf(error, "write", target.key);
    }
  }
};

/** Copies an object to a path: whole, or not there. */
const download = async ({ client, bucket }: Place, key: string, path: string): Promise<void> => {
  const part = `${path}.part`;
  await insisting("download", key, async () => {
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(Body instanceof Readable ? Body : Readable.from([]), createWriteStream(part));
    const { size } = await stat(part);
    if (size !== ContentLength)
      throw new Problem("transient", "SERVICE_BUSY", `S3: ${key} broke off after ${size} of ${ContentLength} bytes`);
  });
  await rename(part, path);
};

const scratchOf = (folder: string): Pick<BucketFiles, "scratchPath" | "discard" | "clear"> => {
  const root = resolve(folder);
  return {
    scratchPath: async (suffix) => {
      await mkdir(root, { recursive: true });
      return join(root, `${randomUUID()}${suffix}`);
    },
    discard: async (path) => {
      if (!resolve(path).startsWith(root + sep))
        throw new Problem("internal", "INTERNAL", `${path} is not a scratch path`);
      await rm(path, { recursive: true, force: true });
    },
    clear: async () => {
      const names = await readdir(root).catch(() => []);
      await Promise.all(names.map((name) => rm(join(root, name), { recursive: true, force: true })));
    },
  };
};

const writing = (place: Place): Pick<Files, "put" | "putFile" | "replace"> => {
  const { client, bucket, partBytes = PART_BYTES } = place;
  const targetOf = (key: string, digest: string, mayReplace = false): Target => {
    return { client, bucket, key: checked(key), digest, mayReplace };
  };
  return {
    put: async (key, bytes) => {
      const target = targetOf(key, sha256(bytes));
      await putOnce(place, target, () => putBytes(target, bytes));
    },
    putFile: async (key, path) => {
      const target = targetOf(key, await digestOfFile(path));
      const { size } = await stat(path);
      await putOnce(place, target, async () =>
        size > partBytes ? putParts(target, path, size, partBytes) : putBytes(target, await readFile(path)),
      );
      await rm(path, { force: true });
    },
    replace: async (key, bytes) => {
      const target = targetOf(key, sha256(bytes), true);
      await insisting("replace", key, () => putBytes(target, bytes));
    },
  };
};

const reading = (place: Place): Pick<Files, "get" | "has" | "list" | "location"> => {
  const { client, bucket } = place;
  const has = async (key: string): Promise<boolean> =>
    head(place, checked(key)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && error.kind === "missing") return false;
        throw error;
      },
    );
  return {
    has,
    get: async (key) => content(place, checked(key)),
    location: async (key) => {
      await head(place, checked(key));
      return `s3://${bucket}/${key}`;
    },
    list: async (prefix) => {
      const keys: string[] = [];
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
          keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      } catch (error) {
        throw problemOf(error, "list", prefix);
      }
      return keys.toSorted();
    },
  };
};

/**
 * Object storage in a bucket of S3. The client must have `requestChecksumCalculation: "WHEN_REQUIRED"`: every body carries its SHA-256
 * as it is. The role needs s3:ListBucket, without which a missing object looks like a forbidden one.
 */
export const openFiles = (place: Place): BucketFiles => {
  const scratch = scratchOf(place.scratch);
  return {
    ...scratch,
    ...writing(place),
    ...reading(place),
    digestOf: digestOfFile,
    localPath: async (key) => {
      const path = await scratch.scratchPath(`-${checked(key).split("/").at(-1) ?? ""}`.slice(-80));
      await download(place, key, path);
      return path;
    },
  };
};
