import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CONFLICT, FORBIDDEN, openS3, type S3Double, SLOW_DOWN } from "../../../testing/aws/s3.ts";
import { filesContract } from "../../../testing/files-contract.ts";
import { type BucketFiles, openFiles } from "./files.ts";

const MIB = 1024 ** 2;
const BUCKET = "commops-test-files";

let folder: string;
let double: S3Double;
let client: S3Client;
let files: BucketFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-s3-"));
  double = await openS3(BUCKET, 2);
  client = new S3Client({
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  files = openFiles({ client, bucket: BUCKET, scratch: join(folder, "scratch"), partBytes: 5 * MIB });
});
afterAll(async () => {
  client.destroy();
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

filesContract(() => files);

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("a file larger than a part is sent in parts, is the same afterwards, and the same file again changes nothing", async () => {
  const content = Buffer.alloc(12 * MIB, "0123456789abcdef-");
  const send = async (what: Buffer): Promise<void> => {
    const path = await files.scratchPath(".bin");
    await writeFile(path, what);
    await files.putFile("large.bin", path);
  };
  await send(content);
  expect(double.requests.filter(({ url }) => url.searchParams.has("partNumber"))).toHaveLength(3);
  expect(Buffer.from(await files.get("large.bin")).equals(content)).toBe(true);
  await send(content);
  const other = Buffer.from(content);
  other[content.length - 1] = 0;
  await expect(send(other)).rejects.toMatchObject({ kind: "exists" });
  expect((await readFile(await files.localPath("large.bin"))).equals(content)).toBe(true);
  expect(double.bucket.uploads.size).toBe(0);
});

test("an upload whose part fails for good leaves neither an object nor parts", async () => {
  const path = await files.scratchPath(".bin");
  await writeFile(path, Buffer.alloc(6 * MIB));
  double.disturb(1, {
    status: 200,
    body: "<InitiateMultipartUploadResult><UploadId>gone</UploadId></InitiateMultipartUploadResult>",
  });
  await expect(files.putFile("never.bin", path)).rejects.toMatchObject({ kind: "internal" });
  expect([await files.has("never.bin"), double.bucket.uploads.size]).toEqual([false, 0]);
});

test("bytes that something else wrote, without a note of their digest, are compared all the same", async () => {
  double.bucket.objects.set("foreign.txt", {
    content: Buffer.from("theirs"),
    metadata: {},
    modifiedAt: new Date(0),
    etag: '"x"',
  });
  await files.put("foreign.txt", bytes("theirs"));
  await expect(files.put("foreign.txt", bytes("ours"))).rejects.toMatchObject({ kind: "exists" });
});

test("a list of many pages is whole and in order, whatever the keys", async () => {
  const keys = ["list/ä", "list/a b", "list/a&b<c>", "list/z", "list/1+2=3%25"];
  for (const key of keys) await files.put(key, bytes(key));
  expect(await files.list("list/")).toEqual(keys.toSorted());
  for (const key of keys) expect(Buffer.from(await files.get(key)).toString()).toBe(key);
});

test("a storage that is slow for a moment, or busy with the same key, is asked again", async () => {
  double.disturb(2, SLOW_DOWN);
  await files.put("slow.txt", bytes("1"));
  double.disturb(1, CONFLICT);
  await files.put("conflict.txt", bytes("1"));
  expect([await files.has("slow.txt"), await files.has("conflict.txt")]).toEqual([true, true]);
});

test("a storage that stays slow is transient; one that forbids is internal and names the key, no credential", async () => {
  double.disturb(9, SLOW_DOWN);
  await expect(files.get("slow.txt")).rejects.toMatchObject({ kind: "transient" });
  double.disturb(1, FORBIDDEN);
  const error: unknown = await files.get("slow.txt").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "internal", code: "AWS_ACCESS_DENIED" });
  expect((error as Error).message).toContain("slow.txt");
  expect((error as Error).message).not.toContain("AKIDEXAMPLE");
});

test("a body that breaks off is asked for again, so that nothing is read or stored in half", async () => {
  await files.put("whole.txt", bytes("x".repeat(100_000)));
  double.disturb(1, "cut short");
  expect((await files.get("whole.txt")).byteLength).toBe(100_000);
  double.disturb(1, "cut short");
  expect((await readFile(await files.localPath("whole.txt"))).byteLength).toBe(100_000);
});

test("the engine is told where an object lies; one that is not there is missing", async () => {
  await files.put("where.parquet", bytes("p"));
  expect(await files.location("where.parquet")).toBe(`s3://${BUCKET}/where.parquet`);
  await expect(files.location("nowhere.parquet")).rejects.toMatchObject({ kind: "missing" });
});

test("clearing leaves nothing on the disk, and the storage as it was", async () => {
  await files.put("kept.txt", bytes("kept"));
  await files.localPath("kept.txt");
  await writeFile(await files.scratchPath(".csv"), "half");
  await files.clear();
  expect(await readdir(join(folder, "scratch"))).toEqual([]);
  expect(Buffer.from(await files.get("kept.txt")).toString()).toBe("kept");
});
