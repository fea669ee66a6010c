import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

export type Method = (argument: Readonly<Record<string, unknown>>) => Promise<unknown>;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

/** Answers what the components ask the SST command for over HTTP (JSON-RPC 1.0), and counts it. An unknown method is answered as SST answers one. */
export const serveRpc = async (
  methods: Readonly<Record<string, Method>>,
): Promise<{ readonly url: string; readonly close: () => void }> => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, params } = JSON.parse(await bodyOf(request)) as {
      method: string;
      params: [Record<string, unknown>];
    };
    const known = methods[method];
    const reply =
      known === undefined
        ? { error: `rpc: can't find service ${method}` }
        : await known(params[0]).then(
            (result) => ({ result }),
            (error: unknown) => ({ error: String(error) }),
          );
    response.setHeader("connection", "close").end(JSON.stringify(reply));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, "127.0.0.1");
  // A connection that is closed while the program takes it up again, after a bundle that took long, would fail the program.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no loopback port to answer on");
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
};
