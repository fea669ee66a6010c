import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AwsApi, Invocation } from "./api.ts";
import { headOf, readEvent, requestOf } from "./http-event.ts";

type StreamHandler = (event: unknown, stream: Writable, context: Invocation) => Promise<void>;

/** What Lambda's runtime gives functions that stream. */
declare const awslambda: {
  streamifyResponse(work: StreamHandler): StreamHandler;
  readonly HttpResponseStream: { from(stream: Writable, head: ReturnType<typeof headOf>): Writable };
};

/** A function that answers requests as it goes, for answers longer than the gateway takes. */
export const streaming = ({ api, finish }: AwsApi): StreamHandler =>
  awslambda.streamifyResponse(async (event, stream, context) => {
    const read = readEvent(event);
    const response = await api.fetch(requestOf(read), { event: read });
    const out = awslambda.HttpResponseStream.from(stream, headOf(response));
    await pipeline(Readable.from(response.body ?? [""]), out);
    await finish(context);
  });
