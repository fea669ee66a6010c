import { open } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { sha256 } from "../../kernel/index.ts";

/** Where an object goes, and what its bytes are. */
export interface Target {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 in hex; kept with the object, so that a second writer can compare without reading it. */
  readonly digest: string;
  /** Whether the key may hold something already. */
  readonly mayReplace: boolean;
}

/** Name of the object's metadata that holds its digest. */
export const DIGEST = "sha256";

/** S3 refuses a body that arrives otherwise. */
const checksum = (digest: string): string => Buffer.from(digest, "hex").toString("base64");

const condition = ({ mayReplace }: Target) => (mayReplace ? {} : { IfNoneMatch: "*" });

export const putBytes = async (target: Target, content: Uint8Array): Promise<void> => {
  const { client, bucket, key, digest } = target;
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: content,
      ContentLength: content.byteLength,
      ChecksumSHA256: checksum(digest),
      Metadata: { [DIGEST]: digest },
      ...condition(target),
    }),
  );
};

/** Sends a file part by part, so that one part is in memory at a time, and gives it its name at the end: whole or not at all. */
export const putParts = async (target: Target, path: string, size: number, partBytes: number): Promise<void> => {
  const { client, bucket, key, digest } = target;
  const place = { Bucket: bucket, Key: key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: "SHA256", Metadata: { [DIGEST]: digest } }),
  );
  const file = await open(path, "r");
  try {
    const parts: CompletedPart[] = [];
    for (let at = 0; at < size; at += partBytes) {
      const content = Buffer.alloc(Math.min(partBytes, size - at));
      await file.read(content, 0, content.length, at);
      const part = { PartNumber: parts.length + 1, ChecksumSHA256: checksum(sha256(content)) };
      const sent = await client.send(new UploadPartCommand({ ...place, UploadId, ...part, Body: content }));
      parts.push({ ...part, ETag: sent.ETag });
    }
    await client.send(
      new CompleteMultipartUploadCommand({
        ...place,
        UploadId,
        MultipartUpload: { Parts: parts },
        ...condition(target),
      }),
    );
  } catch (error) {
    // Parts without an object are paid for; where this fails too, the bucket's own rule removes them.
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
};
