import { createHash, randomUUID } from "node:crypto";
import {
  type GivenAnswer,
  type HttpDouble,
  openHttpDouble,
  type ReceivedRequest,
  signatureFault,
} from "./http-double.ts";

export interface StoredObject {
  readonly content: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly modifiedAt: Date;
}

interface Upload {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, Buffer>;
}

interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
  /** Keys at the most in one page of a list; 1000 in S3. */
  readonly pageSize: number;
  readonly leastPart: number;
}

export interface S3Double extends HttpDouble {
  readonly bucket: Bucket;
}

const xml = (status: number, body: string): GivenAnswer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const errorAnswer = (status: number, code: string, message: string): GivenAnswer =>
  xml(status, `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>0</RequestId></Error>`);

export const SLOW_DOWN = errorAnswer(503, "SlowDown", "Please reduce your request rate.");
export const CONFLICT = errorAnswer(409, "ConditionalRequestConflict", "A conflicting operation is in progress.");
export const FORBIDDEN = errorAnswer(403, "AccessDenied", "Access Denied");

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const hash = (algorithm: "sha256" | "md5", content: Uint8Array, encoding: "hex" | "base64"): string =>
  createHash(algorithm).update(content).digest(encoding);

const metadataOf = ({ headers }: ReceivedRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-")));

/** What S3 finds wrong with a body: it must be what was signed and what its checksum says, and not be chunked. */
const bodyFault = ({ headers, body }: ReceivedRequest): GivenAnswer | undefined => {
  const signed = headers["x-amz-content-sha256"] ?? "";
  if (signed === "") return errorAnswer(400, "MissingSecurityHeader", "x-amz-content-sha256 is missing");
  if (/^[0-9a-f]{64}$/.test(signed) && signed !== hash("sha256", body, "hex"))
    return errorAnswer(400, "XAmzContentSHA256Mismatch", "The provided header does not match what was computed.");
  if (headers["content-encoding"]?.includes("aws-chunked") === true)
    return errorAnswer(501, "NotImplemented", "bodies in chunks are not taken here");
  const checksum = headers["x-amz-checksum-sha256"];
  if (checksum !== undefined && checksum !== hash("sha256", body, "base64"))
    return errorAnswer(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.");
  return undefined;
};

const refusedWrite = (bucket: Bucket, key: string, { headers }: ReceivedRequest): GivenAnswer | undefined =>
  headers["if-none-match"] === "*" && bucket.objects.has(key)
    ? errorAnswer(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    : undefined;

const store = (bucket: Bucket, key: string, content: Buffer, metadata: Readonly<Record<string, string>>): string => {
  const etag = `"${hash("md5", content, "hex")}"`;
  bucket.objects.set(key, { content, metadata, etag, modifiedAt: new Date() });
  return etag;
};

/** Copies within the bucket; `source` is `bucket/key`, percent-encoded. */
const copyObject = (bucket: Bucket, key: string, source: string): GivenAnswer => {
  const found = bucket.objects.get(decodeURIComponent(source).replace(/^\/?[^/]+\//, ""));
  if (found === undefined) return errorAnswer(404, "NoSuchKey", "The specified key does not exist.");
  const etag = store(bucket, key, found.content, found.metadata);
  return xml(200, `<CopyObjectResult><ETag>${escaped(etag)}</ETag></CopyObjectResult>`);
};

const deleteObjects = (bucket: Bucket, request: ReceivedRequest): GivenAnswer => {
  for (const [, key = ""] of request.body.toString().matchAll(/<Key>([^<]+)<\/Key>/g)) bucket.objects.delete(key);
  return xml(200, "<DeleteResult></DeleteResult>");
};

const putObject = (bucket: Bucket, key: string, request: ReceivedRequest): GivenAnswer =>
  refusedWrite(bucket, key, request) ?? {
    status: 200,
    headers: { etag: store(bucket, key, request.body, metadataOf(request)) },
  };

const getObject = (bucket: Bucket, key: string, request: ReceivedRequest): GivenAnswer => {
  const found = bucket.objects.get(key);
  const isHead = request.method === "HEAD";
  if (found === undefined)
    return isHead ? { status: 404 } : errorAnswer(404, "NoSuchKey", "The specified key does not exist.");
  const wanted = request.headers["if-match"];
  if (wanted !== undefined && wanted !== found.etag)
    return errorAnswer(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  const headers = {
    ...found.metadata,
    etag: found.etag,
    "content-length": String(found.content.byteLength),
    "content-type": "application/octet-stream",
  };
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers["range"] ?? "") ?? [];
  if (start === undefined) return { status: 200, headers, ...(isHead ? {} : { body: found.content }) };
  const piece = found.content.subarray(Number(start), Number(end) + 1);
  const range = `bytes ${start}-${Number(start) + piece.byteLength - 1}/${found.content.byteLength}`;
  return {
    status: 206,
    headers: { ...headers, "content-length": String(piece.byteLength), "content-range": range },
    body: piece,
  };
};

const createUpload = (bucket: Bucket, key: string, request: ReceivedRequest): GivenAnswer => {
  const id = randomUUID();
  bucket.uploads.set(id, { key, metadata: metadataOf(request), parts: new Map() });
  return xml(
    200,
    `<InitiateMultipartUploadResult><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  );
};

const completeUpload = (bucket: Bucket, id: string, upload: Upload, request: ReceivedRequest): GivenAnswer => {
  const refused = refusedWrite(bucket, upload.key, request);
  if (refused !== undefined) return refused;
  const listed = [...request.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n));
  const parts = listed.map((number) => upload.parts.get(number));
  const isSmall = parts.slice(0, -1).some((part) => (part?.byteLength ?? 0) < bucket.leastPart);
  if (isSmall) return errorAnswer(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum size");
  if (parts.length === 0 || parts.includes(undefined))
    return errorAnswer(400, "InvalidPart", "One or more of the specified parts could not be found.");
  const etag = store(bucket, upload.key, Buffer.concat(parts as Buffer[]), upload.metadata);
  bucket.uploads.delete(id);
  return xml(200, `<CompleteMultipartUploadResult><ETag>${escaped(etag)}</ETag></CompleteMultipartUploadResult>`);
};

const ofUpload = (bucket: Bucket, id: string, request: ReceivedRequest): GivenAnswer => {
  const upload = bucket.uploads.get(id);
  if (upload === undefined) return errorAnswer(404, "NoSuchUpload", "The specified upload does not exist.");
  if (request.method === "DELETE") {
    bucket.uploads.delete(id);
    return { status: 204 };
  }
  if (request.method === "POST") return completeUpload(bucket, id, upload, request);
  upload.parts.set(Number(request.url.searchParams.get("partNumber")), request.body);
  return { status: 200, headers: { etag: `"${hash("md5", request.body, "hex")}"` } };
};

const contentsOf = (key: string, of: StoredObject | undefined): string =>
  `<Contents><Key>${escaped(key)}</Key><LastModified>${of?.modifiedAt.toISOString()}</LastModified><ETag>${escaped(of?.etag ?? "")}</ETag><Size>${of?.content.byteLength}</Size></Contents>`;

const listObjects = ({ objects, pageSize }: Bucket, query: URLSearchParams): GivenAnswer => {
  if (query.get("list-type") !== "2")
    return errorAnswer(501, "NotImplemented", "only lists of version 2 are made here");
  const prefix = query.get("prefix") ?? "";
  const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString();
  const matching = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .filter((key) => after === "" || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
  const page = matching.slice(0, Math.min(pageSize, Number(query.get("max-keys") ?? 1000)));
  const isTruncated = page.length < matching.length;
  const next = isTruncated
    ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64")}</NextContinuationToken>`
    : "";
  const contents = page.map((key) => contentsOf(key, objects.get(key))).join("");
  return xml(
    200,
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}<KeyCount>${page.length}</KeyCount>${contents}</ListBucketResult>`,
  );
};

const answerOf = (name: string, bucket: Bucket, request: ReceivedRequest): GivenAnswer => {
  const fault = signatureFault(request, "s3");
  if (fault !== undefined) return errorAnswer(403, "AccessDenied", fault);
  const [, bucketName = "", ...rest] = request.url.pathname.split("/");
  if (bucketName !== name) return errorAnswer(404, "NoSuchBucket", "The specified bucket does not exist");
  const key = decodeURIComponent(rest.join("/"));
  const wrong = bodyFault(request);
  if (wrong !== undefined) return wrong;
  const query = request.url.searchParams;
  const upload = query.get("uploadId");
  if (upload !== null) return ofUpload(bucket, upload, request);
  if (query.has("uploads")) return createUpload(bucket, key, request);
  if (query.has("delete")) return deleteObjects(bucket, request);
  if (key === "") return listObjects(bucket, query);
  const source = request.headers["x-amz-copy-source"];
  if (request.method === "PUT" && source !== undefined) return copyObject(bucket, key, source);
  if (request.method === "PUT") return putObject(bucket, key, request);
  if (request.method === "GET" || request.method === "HEAD") return getObject(bucket, key, request);
  return errorAnswer(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
};

/** One bucket of S3 on a loopback port: conditional writes, uploads in parts, lists in pages, checksums and signatures looked at. */
export const openS3 = async (name: string, pageSize = 1000): Promise<S3Double> => {
  const bucket: Bucket = { objects: new Map(), uploads: new Map(), pageSize, leastPart: 5 * 1024 ** 2 };
  const double = await openHttpDouble((request) => answerOf(name, bucket, request));
  return { ...double, bucket };
};
