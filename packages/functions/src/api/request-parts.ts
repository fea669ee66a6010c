import { invalid, Problem } from "@commops/core/kernel";
import type { ApiContext } from "./context.ts";
import { DEFAULT_MAX_BYTES, isStorable, readJson } from "./request-body.ts";
import type { RequestParts, Route, RouteEntry } from "./route.ts";
import { pathParameters } from "./verb-path.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The Idempotency-Key of a write. */
export const idempotencyKeyOf = (c: ApiContext): string | undefined => {
  const key = c.req.method === "GET" ? undefined : c.req.header("idempotency-key");
  if (key !== undefined && !KEY.test(key)) throw invalid("Idempotency-Key", "1 to 255 visible ASCII characters");
  return key;
};

/** The version in `If-Match: "3"`; `*` and none ask for nothing. Throws a version Problem for what is no ETag. */
export const ifMatchOf = (c: ApiContext): string | undefined => {
  const header = c.req.header("if-match")?.trim();
  if (header === undefined || header === "*") return undefined;
  const version = /^"([^"]{1,200})"$/.exec(header)?.[1];
  if (version === undefined) throw staleVersion(header);
  return version;
};

export const staleVersion = (given: string): Problem =>
  new Problem(
    "version",
    "FAILED_PRECONDITION",
    `If-Match ${given} is not the present version. Read the object again, then repeat the change.`,
  );

const checked = (name: string, value: string): string => {
  if (!isStorable(value)) throw invalid(name, "holds a NUL or half of a character");
  return value;
};

const queryOf = (c: ApiContext): RequestParts["query"] =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => {
      const [first = "", ...more] = values.map((value) => checked(name, value));
      return [name, more.length > 0 ? [first, ...more] : first];
    }),
  );

export const pathOf = (c: ApiContext, entry: RouteEntry): RequestParts["path"] =>
  Object.fromEntries(pathParameters(entry.path).map((name) => [name, checked(name, c.req.param(name) ?? "")]));

/** Reads a request without judging it. */
export const requestParts = async (c: ApiContext, entry: RouteEntry): Promise<RequestParts> => {
  const hasBody = entry.method !== "GET" && entry.method !== "DELETE";
  return {
    path: pathOf(c, entry),
    query: queryOf(c),
    body: hasBody ? await readJson(c.req.raw, entry.route.maxBytes ?? DEFAULT_MAX_BYTES) : {},
  };
};

/** The input of the use case, not yet checked by its schema. */
export const inputOf = (route: Route, parts: RequestParts): unknown =>
  route.input?.(parts) ?? { ...parts.query, ...parts.body, ...parts.path };
