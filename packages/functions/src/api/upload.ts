import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { invalid, Problem } from "@commops/core/kernel";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
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

/** Writes the files of a multipart body into a folder as they arrive; nothing is held in memory. */
const receive = async (request: Request, folder: string): Promise<Received> => {
  const fields: Record<string, string> = {};
  const files: Promise<ReceivedFile | undefined>[] = [];
  const failures: Error[] = [];
  const names = new Set<string>();
  const headers: BusboyHeaders = { "content-type": request.headers.get("content-type") ?? "" };
  const parser = new Busboy({
    headers,
    limits: { fileSize: MAX_FILE_BYTES, files: MAX_FILES, fields: MAX_FIELDS, fieldSize: 4096 },
  });
  const problems: Problem[] = [];
  parser.on("field", (name, value) => void (fields[name] = value));
  parser.on("file", (_field, stream, fileName) => {
    const write = async (): Promise<ReceivedFile> => {
      const name = safeName(fileName ?? "");
      if (names.has(name)) throw invalid("file", `${name} stands twice in the upload`);
      names.add(name);
      const digest = await writeFile(stream, join(folder, name));
      if (stream.truncated) throw new TooLargeProblem(MAX_FILE_BYTES);
      return { name, digest };
    };
    // A file may fail while others still arrive: that is looked at when all are here, and is nobody's unhandled rejection meanwhile.
    files.push(
      write().catch((error: unknown) => {
        stream.resume();
        failures.push(error instanceof Error ? error : new Error(String(error)));
        return undefined;
      }),
    );
  });
  parser.on("filesLimit", () => problems.push(invalid("file", `more than ${MAX_FILES} files`)));
  if (!request.body) throw invalid("body", "the upload is empty");
  try {
    await pipeline(Readable.from(request.body), parser);
  } catch (error) {
    await Promise.allSettled(files);
    throw new Problem("invalid", "INVALID_ARGUMENT", "body: not a whole multipart/form-data body", { cause: error });
  }
  const written = (await Promise.all(files)).flatMap((file) => file ?? []);
  const [failure] = [...failures, ...problems];
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
  const arrived = join(settings.uploadFolder, `arriving-${randomUUID()}`);
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
