import { z } from "zod";

/** A request as API Gateway and function URLs hand it to a function (payload format 2.0), as far as it is needed. */
const httpEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(""),
  headers: z.record(z.string(), z.string()).default({}),
  cookies: z.array(z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    domainName: z.string(),
    http: z.object({ method: z.string(), sourceIp: z.string() }),
  }),
});
export type HttpEvent = z.output<typeof httpEvent>;

/** What the gateway makes an answer of. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Reads an event. Throws where something else than the gateway calls. */
export const readEvent = (event: unknown): HttpEvent => httpEvent.parse(event);

export const requestOf = (event: HttpEvent): Request => {
  const { method } = event.requestContext.http;
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const headers = new Headers(event.headers);
  // The gateway takes cookies out of the headers.
  if (event.cookies !== undefined) headers.set("cookie", event.cookies.join("; "));
  const body = event.body === undefined ? null : Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8");
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`https://${event.requestContext.domainName}${event.rawPath}${query}`, {
    method,
    headers,
    body: hasBody ? body : null,
  });
};

/** Status, headers and cookies: each cookie stands by itself, since it may hold a comma. */
export const headOf = ({ status, headers }: Response): Pick<HttpAnswer, "statusCode" | "headers" | "cookies"> => ({
  statusCode: status,
  headers: Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie")),
  cookies: headers.getSetCookie(),
});

const TEXT = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml|javascript|yaml))/;

/** The whole answer; what is no text travels as base64. */
export const answerOf = async (response: Response): Promise<HttpAnswer> => {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText =
    TEXT.test(response.headers.get("content-type") ?? "text/") && !response.headers.has("content-encoding");
  return { ...headOf(response), body: bytes.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
};
