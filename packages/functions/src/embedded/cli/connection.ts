import { issueToken } from "@commops/core/tenants";
import { Problem } from "@commops/core/kernel";
import { z } from "zod";
import { openRuntime } from "../../runtime/embedded.ts";
import { readSettings } from "../../runtime/settings.ts";
import { readServerFile } from "../server-file.ts";

/** The API as the command line reaches it: the running server when there is one, else the same API in this process. */
export interface Connection {
  /** The answer's JSON. Throws a Problem with the API's own code and message otherwise. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), reason: z.string() })).default([]),
  }),
});

type Fetch = (request: Request) => Promise<Response> | Response;

const requester =
  (url: string, token: string, send: Fetch): Connection["request"] =>
  async (method, path, body) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const response = await send(
      new Request(`${url}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    const answer: unknown = text === "" ? null : JSON.parse(text);
    if (response.ok) return answer;
    const failure = errorBody.safeParse(answer);
    if (!failure.success) throw new Problem("internal", "INTERNAL", `the server answered ${response.status}`);
    const { code, message, details } = failure.data.error;
    throw new Problem(response.status >= 500 ? "internal" : "invalid", code, message, { details });
  };

/** Opens the API: through the running server of DATA_DIR, or by opening the data folder in this process. */
export const connect = async (): Promise<Connection> => {
  const settings = readSettings(process.env);
  const server = await readServerFile(settings.dataDir);
  if (server) return { request: requester(server.url, server.token, fetch), close: () => Promise.resolve() };
  const { localApi, systemCall } = await import("../server.ts");
  const runtime = await openRuntime(settings);
  const local = localApi(
    { ...runtime, settings: { ...settings, rateLimit: Number.MAX_SAFE_INTEGER } },
    () => undefined,
  );
  const { token } = await issueToken.run(systemCall(runtime, "command-line"), {
    role: "admin",
    user_name: "command-line",
    valid_hours: 1,
  });
  return {
    request: requester("http://local", token, (request) => local.api.fetch(request)),
    close: async () => {
      await local.settle();
      await runtime.close();
    },
  };
};
