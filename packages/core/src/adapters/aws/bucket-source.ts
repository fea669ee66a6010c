import { createWriteStream } from "node:fs";
import { utimes } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { precondition, Problem } from "../../kernel/index.ts";
import type { CostSource, SourceObject } from "../../ports/index.ts";
import { awsProblem, refusalOf } from "./refusal.ts";

/** The parts of `s3://bucket/prefix`; undefined for any other text. */
const bucketOf = (address: string): { bucket: string; prefix: string } | undefined => {
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(address) ?? [];
  if (bucket === undefined) return undefined;
  return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
};

/** An object that is not there any more as it was listed is looked at again next time. */
const problemOf = (error: unknown, what: string): Problem => {
  const { name } = refusalOf(error);
  return /^(PreconditionFailed|NoSuchKey|NotFound)$/.test(name)
    ? new Problem("transient", "SERVICE_BUSY", `${what} changed while it was read; it is looked at again next time`, {
        cause: error,
      })
    : awsProblem(error, `S3: read cost data at ${what}`);
};

/** A prefix of a bucket that AWS delivers cost data to. Throws a precondition Problem when the address is none. */
export const bucketSource = (address: string, client = new S3Client({}), isInbox = false): CostSource => {
  const place = bucketOf(address);
  if (!place) throw precondition(`${address} is no address of a bucket: write s3://bucket/prefix`);
  const { bucket, prefix } = place;
  const named = `s3://${bucket}/${prefix}`;
  const get = async (object: SourceObject): Promise<Readable> => {
    try {
      const answer = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${object.name}`, IfMatch: object.etag }),
      );
      if (answer.Body instanceof Readable) return answer.Body;
      return Readable.from([]);
    } catch (error) {
      throw problemOf(error, `${named}${object.name}`);
    }
  };
  return {
    name: named,
    isInbox,
    list: async () => {
      const objects: SourceObject[] = [];
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
          for (const { Key: key, Size: bytes, LastModified: modifiedAt, ETag: etag } of page.Contents ?? [])
            if (key !== undefined && modifiedAt !== undefined && etag !== undefined && !key.endsWith("/"))
              objects.push({ name: key.slice(prefix.length), bytes: bytes ?? 0, modifiedAt, etag });
      } catch (error) {
        throw problemOf(error, named);
      }
      return objects;
    },
    read: async (object) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await get(object)) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks);
    },
    fetch: async (object, path) => {
      await pipeline(await get(object), createWriteStream(path)).catch((error: unknown) => {
        throw problemOf(error, `${named}${object.name}`);
      });
      await utimes(path, object.modifiedAt, object.modifiedAt);
    },
  };
};
