import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Who sends a request: the bearer token of a person. */
export interface Sender {
  readonly token: string;
}

export interface Client {
  /** Sends a request once the server answers: what a connection lost is sent again, with the same key. */
  send(sender: Sender, route: string, body?: unknown, key?: string): Promise<Reply>;
  /** The answer of a request that must succeed, in the shape that is given. Throws with the answer otherwise. */
  must<T extends z.ZodType>(
    shape: T,
    sender: Sender,
    route: string,
    body?: unknown,
    key?: string,
  ): Promise<z.output<T>>;
  /** The bytes behind a link. */
  download(url: string): Promise<Uint8Array>;
}

const PATIENCE_MS = 240_000;
const PAUSE_MS = 40;

/** A 503 says "try again", and a lost connection says nothing at all: the client of a server that dies does both again. */
const untilAnswered = async (request: () => Promise<Response>): Promise<Response> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const response = await request().catch((error: unknown) => {
      if (performance.now() > deadline) throw error;
      return undefined;
    });
    if (response !== undefined && (response.status !== 503 || performance.now() > deadline)) return response;
    await sleep(PAUSE_MS);
  }
};

/** A client of one server; `onSend` sees each attempt. */
export const clientOf = (base: string, onSend: (route: string) => void = () => undefined): Client => {
  const send: Client["send"] = async (sender, route, body, key) => {
    const [method = "GET", path = "/"] = route.split(" ");
    const attempt = async (): Promise<{ response: Response; text: string }> => {
      onSend(route);
      const response = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${sender.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      });
      return { response, text: await response.text() };
    };
    let text = "";
    const response = await untilAnswered(async () => {
      const answer = await attempt();
      text = answer.text;
      return answer.response;
    });
    const body_: unknown = text === "" ? null : JSON.parse(text);
    return { status: response.status, body: body_ };
  };
  return {
    send,
    must: async (shape, sender, route, body, key) => {
      const reply = await send(sender, route, body, key);
      const parsed = shape.safeParse(reply.body);
      if (reply.status >= 300 || !parsed.success)
        throw new Error(`${route} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 2000)}`);
      return parsed.data;
    },
    download: async (url) => {
      const response = await untilAnswered(() => fetch(url));
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
};
