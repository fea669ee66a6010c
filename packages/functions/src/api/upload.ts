import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { invalid, Problem } from "@commops/core/kernel";
import { Busboy, type BusboyFileStream, type BusboyHeaders } from "@fastify/busboy";
import type { ApiContext } from "./context.ts";
import { TooLargeProblem } from "./errors.ts";
import { idempotencyKeyOf, pathOf, requestParts } from "./request-parts.ts";
import type { RequestParts, RouteEntry } from "./route.ts";
import type { ApiSettings } from "./runtime.ts";

const GIB = 1024 ** 3;
/** Largest file of an upload. */
const MAX_FILE_BYTES = 20 * GIB;
const MAX_FILES = 1000;
const MAX_FIELDS = 20;
/** How the folder of an upload is called until the upload is whole. */
const ARRIVING = "arriving-";

/** A file name without folders and without what a file system may take amiss. */
const safeName = (name: string): string => {
  const plain = basename(name.replaceAll("\\", "/")).replaceAll(/[^A-Za-z0-9._-]/g, "_");
  if (/^\.*$/.test(plain)) throw invalid("file", "a file in the upload has no name");
  return plain;
};

interface ReceivedFile {
  readonly name: string;
  /** SHA-256 in hex. */
  readonly digest: string;
}

interface Received {
  readonly fields: Record<string, string>;
  readonly files: readonly ReceivedFile[];
}

const writeFile = async (stream: Readable, path: string): Promise<string> => {
  const hash = createHash("sha256");
  const hashed = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(stream, hashed, createWriteStream(path, { flags: "wx" }));
  return hash.digest("hex");
};

const notMultipart = (cause: unknown): Problem =>
  new Problem("invalid", "INVALID_ARGUMENT", "body: not a whole multipart/form-data body", { cause });

/** Throws an invalid Problem where the header names no boundary. */
const parserOf = (headers: BusboyHeaders): InstanceType<typeof Busboy> => {
  try {
    const limits = { fileSize: MAX_FILE_BYTES, files: MAX_FILES, fields: MAX_FIELDS, fieldSize: 4096 };
    return new Busboy({ headers, limits });
  } catch (error) {
    throw notMultipart(error);
  }
};

/**
 * Writes files into a folder as they arrive. One may fail while others are on their way: that is looked at when all are here, and is nobody's
 * unhandled rejection meanwhile.
 */
const fileWriter = (folder: string) => {
  const names = new Set<string>();
  const streams: BusboyFileStream[] = [];
  const files: Promise<ReceivedFile | undefined>[] = [];
  const failures: Error[] = [];
  const write = async (stream: BusboyFileStream, fileName: string): Promise<ReceivedFile> => {
    const name = safeName(fileName);
    if (names.has(name)) throw invalid("file", `${name} stands twice in the upload`);
    names.add(name);
    const digest = await writeFile(stream, join(folder, name));
    if (stream.truncated) throw new TooLargeProblem(MAX_FILE_BYTES);
    return { name, digest };
  };
  const whole = async (): Promise<ReceivedFile[]> => (await Promise.all(files)).flatMap((file) => file ?? []);
  return {
    failures,
    whole,
    take: (stream: BusboyFileStream, fileName: string): void => {
      streams.push(stream);
      files.push(
        write(stream, fileName).catch((error: unknown) => {
          stream.resume();
          failures.push(error instanceof Error ? error : new Error(String(error)));
          return undefined;
        }),
      );
    },
    /** The sender is gone: what is half here would be waited for without end. */
    abandon: async (): Promise<void> => {
      for (const stream of streams) stream.destroy();
      await whole();
    },
  };
};

/** Writes the files of a multipart body into a folder as they arrive; nothing is held in memory. */
const receive = async (request: Request, folder: string): Promise<Received> => {
  const fields: Record<string, string> = {};
  const writer = fileWriter(folder);
  const parser = parserOf({ "content-type": request.headers.get("content-type") ?? "" });
  const problems: Problem[] = [];
  parser.on("field", (name, value) => void (fields[name] = value));
  parser.on("file", (_field, stream, fileName) => writer.take(stream, fileName ?? ""));
  parser.on("filesLimit", () => problems.push(invalid("file", `more than ${MAX_FILES} files`)));
  if (!request.body) throw invalid("body", "the upload is empty");
  try {
    await pipeline(Readable.from(request.body), parser);
  } catch (error) {
    await writer.abandon();
    throw notMultipart(error);
  }
  const written = await writer.whole();
  const [failure] = [...writer.failures, ...problems];
  if (failure) throw failure;
  if (written.length === 0) throw invalid("file", "the upload has no file");
  return { fields, files: written };
};

/**
 * Gives an upload its lasting folder. With an idempotency key the same files get the same folder, so that a repeated request is
 * known as one.
 */
const settle = async (
  arrived: string,
  root: string,
  key: string | undefined,
  files: Received["files"],
): Promise<string> => {
  const listed = files.map((file) => `${file.name} ${file.digest}`).toSorted();
  const name =
    key === undefined
      ? randomUUID()
      : createHash("sha256")
          .update([key, ...listed].join("\n"))
          .digest("hex");
  const folder = join(root, name);
  try {
    await rename(arrived, folder);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST")))
      throw error;
    await rm(arrived, { recursive: true, force: true });
  }
  return folder;
};

/**
 * A request whose input is files: multipart bodies are written to a folder of their own, and `path` names the one file in it, or
 * the folder. JSON with a `path` names what lies on this machine already, where that is allowed.
 */
export const uploadedParts = async (c: ApiContext, settings: ApiSettings, entry: RouteEntry): Promise<RequestParts> => {
  if (!/^multipart\/form-data\b/i.test(c.req.header("content-type") ?? "")) {
    const parts = await requestParts(c, entry);
    if ("path" in parts.body && !settings.mayReadLocalPaths)
      throw invalid("path", "paths are read on one machine only. Upload the file instead.");
    return parts;
  }
  if (settings.uploadFolder === undefined)
    throw invalid("body", "this installation takes uploads through object storage only");
  const arrived = join(settings.uploadFolder, `${ARRIVING}${randomUUID()}`);
  await mkdir(arrived, { recursive: true });
  try {
    const { fields, files } = await receive(c.req.raw, arrived);
    const key = idempotencyKeyOf(c);
    const owner = key === undefined ? undefined : `${c.get("identity")?.actor.id ?? ""} ${key}`;
    const folder = await settle(arrived, settings.uploadFolder, owner, files);
    const [only] = files.length === 1 ? files : [];
    // A manifest is looked up beside and above itself, where other people's uploads lie; a folder only within.
    const path = only === undefined || /\.json$/i.test(only.name) ? folder : join(folder, only.name);
    return { path: pathOf(c, entry), query: {}, body: { ...fields, path } };
  } catch (error) {
    await rm(arrived, { recursive: true, force: true });
    throw error;
  }
};

/** Removes what was on its way when the process before this one ended. Call it before uploads are taken. */
export const clearArriving = async (uploadFolder: string): Promise<void> => {
  const names = await readdir(uploadFolder).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(ARRIVING)))
    await rm(join(uploadFolder, name), { recursive: true, force: true });
};

/** Removes what was uploaded for a run, once that run has ended. Files that lay there before stay. */
export const discardUpload = async (settings: ApiSettings, input: unknown): Promise<void> => {
  const path = typeof input === "object" && input !== null && "path" in input ? input.path : undefined;
  if (settings.uploadFolder === undefined || typeof path !== "string") return;
  const root = resolve(settings.uploadFolder) + sep;
  const inside = resolve(path);
  if (!inside.startsWith(root)) return;
  const folder = inside.slice(root.length).split(sep)[0] ?? "";
  await rm(join(root, folder), { recursive: true, force: true });
};
