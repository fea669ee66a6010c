import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface GivenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A failure that the service is asked to show: an answer, a connection that ends without one, or in the middle of a good one. */
export type Disturbance = GivenAnswer | "hang up" | "cut short";

export interface HttpDouble {
  readonly endpoint: string;
  /** Every request so far, in order, also the refused ones. */
  readonly requests: readonly ReceivedRequest[];
  /** The next `times` requests are not answered but disturbed. */
  disturb(times: number, disturbance: Disturbance): void;
  close(): Promise<void>;
}

const received = async (request: IncomingMessage): Promise<ReceivedRequest> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", "http://double"),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(parts),
  };
};

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=[\w-]+\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=[0-9a-f]{64}$/;

/** What is wrong with the signature of a request to a service, as far as it can be seen without the secret key. */
export const signatureFault = ({ headers }: ReceivedRequest, service: string): string | undefined => {
  const [, day, , scope, signed = ""] = SIGNED.exec(headers.authorization ?? "") ?? [];
  if (scope === undefined) return "the request has no AWS Signature Version 4";
  if (scope !== service) return `the signature is for ${scope}, not ${service}`;
  if (!headers["x-amz-date"]?.startsWith(String(day))) return "the signature is of another day than x-amz-date";
  const names = signed.split(";");
  return names.includes("host") && names.includes("x-amz-date") ? undefined : "host and x-amz-date are not signed";
};

const cutShort = (outgoing: ServerResponse, { status, headers, body = "" }: GivenAnswer): void => {
  const whole = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, "content-length": whole.byteLength });
  outgoing.write(whole.subarray(0, whole.byteLength / 2), () => outgoing.destroy());
};

const closing = (server: Server) => async (): Promise<void> => {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, "close");
};

/** A service on a free loopback port. An error of `answer` is a fault of the test and answers 599. */
export const openHttpDouble = async (
  answer: (request: ReceivedRequest) => GivenAnswer | Promise<GivenAnswer>,
): Promise<HttpDouble> => {
  const requests: ReceivedRequest[] = [];
  const disturbances: Disturbance[] = [];
  const server = createServer((incoming, outgoing) => {
    const respond = async (): Promise<void> => {
      const request = await received(incoming);
      requests.push(request);
      const disturbance = disturbances.shift();
      if (disturbance === "hang up") return void incoming.socket.destroy();
      if (disturbance === "cut short") return cutShort(outgoing, await answer(request));
      const given = disturbance ?? (await answer(request));
      outgoing.writeHead(given.status, given.headers).end(given.body);
    };
    respond().catch((error: unknown) => outgoing.writeHead(599).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    disturb: (times, disturbance) => {
      for (let left = times; left > 0; left -= 1) disturbances.push(disturbance);
    },
    close: closing(server),
  };
};
