import { Problem } from "@commops/core/kernel";
import { z } from "zod";

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

export type Fetch = (request: Request) => Promise<Response> | Response;

/** Sends requests to the API at an address and reads its answers. */
export const requester =
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
