/**
 * Stands in for the Node runtime of Lambda: loads a handler by its file, gives it the events of standard input one after the other in one
 * container, and writes what came of each to descriptor 3. Arguments: file, name of the export, milliseconds an invocation may take.
 */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { pathToFileURL } from "node:url";

type Handler = (event: unknown, context: object) => Promise<unknown>;

interface Streamed {
  metadata: unknown;
  body: string;
}

/** What a streaming function writes to. */
class ResponseStream extends Writable {
  readonly streamed: Streamed = { metadata: undefined, body: "" };
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.streamed.body += chunk.toString();
    done();
  }
}

const awslambda = {
  HttpResponseStream: {
    from: (stream: ResponseStream, metadata: unknown): ResponseStream => {
      stream.streamed.metadata = metadata;
      return stream;
    },
  },
  streamifyResponse:
    (work: (event: unknown, stream: ResponseStream, context: object) => Promise<void>): Handler =>
    async (event, context) => {
      const stream = new ResponseStream();
      await work(event, stream, context);
      await finished(stream);
      return stream.streamed;
    },
};
Object.assign(globalThis, { awslambda });

const reported = (error: unknown): object =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: "Error", errorMessage: String(error), trace: [] };

const invoke = async (handler: Handler, event: unknown, milliseconds: number): Promise<object> => {
  const end = Date.now() + milliseconds;
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => end - Date.now() };
  try {
    // As the service does: what cannot be said in JSON does not arrive.
    return { output: JSON.parse(JSON.stringify((await handler(event, context)) ?? null)) as unknown };
  } catch (error) {
    return { error: reported(error) };
  }
};

const [file = "", name = "handler", milliseconds = "30000"] = process.argv.slice(2);
const events = JSON.parse(await text(process.stdin)) as unknown[];
const results: object[] = [];
try {
  const loaded = (await import(pathToFileURL(file).href)) as Readonly<Record<string, Handler>>;
  const handler = loaded[name];
  if (handler === undefined) throw new Error(`${file} exports no ${name}`);
  for (const event of events) results.push(await invoke(handler, event, Number(milliseconds)));
} catch (error) {
  results.push({ error: reported(error) });
}
writeFileSync(3, JSON.stringify(results));
process.exit(0);
