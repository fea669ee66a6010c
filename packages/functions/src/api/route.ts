import type { UseCase } from "@commops/core/record";
import type { z } from "zod";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];
/** `POST /invoices/{invoice_id}:approve`: the method and the path below /api/v1, as OpenAPI writes it. */
export type RouteKey = `${Method} /${string}`;

/** What a request carries, before the use case's schema reads it. */
export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Readonly<Record<string, unknown>>;
}

interface RouteBase {
  /** Status of a good answer; 200, or 202 for work, unless said otherwise. */
  readonly status?: number;
  /** How the input is made; from query and body, with the path on top, unless said otherwise. */
  readonly input?: (parts: RequestParts) => unknown;
  /** Largest body in bytes. */
  readonly maxBytes?: number;
  /** The answer holds a secret, which no idempotency key may keep. */
  readonly isSecret?: boolean;
  /** The data belongs to no tenant: a tenant's token is refused, whatever its scopes. */
  readonly isOperatorsOnly?: boolean;
  /** Refused where an identity provider signs people in: it alone gives out access then. */
  readonly isWithoutProvider?: boolean;
  /** The use case runs after the answer, which is the id of its run. */
  readonly isWork?: boolean;
  /** The use case makes a file (filename, contentType, content); the answer is a signed link to it. */
  readonly isDownload?: boolean;
  /** The use case makes a text piece by piece (file_name, content_type, chunks), which is sent as it is made. */
  readonly isStream?: boolean;
  /** A multipart body is taken to a folder of this machine; the input is its `path`. */
  readonly takesFiles?: boolean;
  /** Where the use case takes no `if_revision`: the route that shows the present version, which If-Match is compared with. */
  readonly present?: Route;
}

export interface RouteOptions<O, S> extends RouteBase {
  /** What is shown of the result; all of it unless said otherwise. */
  readonly show?: (result: O) => S;
  /** The shape of a good answer, for the API description; the compiler holds the use case to it. */
  readonly answer?: z.ZodType<unknown, S>;
  /** Whether a result was made by this call: 201 then. */
  readonly isCreated?: (result: O) => boolean;
  /** The version of what the answer shows; If-Match carries it back. */
  readonly etag?: (result: O) => string | number | undefined;
}

/** A route is data: which use case runs, and how HTTP reads and writes it. */
export interface Route<I extends z.ZodType = z.ZodType, O = unknown, S = unknown> extends RouteBase {
  readonly useCase: UseCase<I, O>;
  /** One sentence for the API description. */
  readonly summary: string;
  readonly answer?: z.ZodType;
  show?(result: O): S;
  isCreated?(result: O): boolean;
  etag?(result: O): string | number | undefined;
}

export type RouteTable = Readonly<Record<RouteKey, Route>>;

/** Puts a use case behind a route. */
export const on = <I extends z.ZodType, O, S = O>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteOptions<O, S> = {},
): Route<I, O, S> => ({ ...options, useCase, summary });

/** Declares the routes of a room, keeping the type of each for the dashboard's client. */
export const routes = <const T extends RouteTable>(table: T): T => table;

export interface RouteEntry {
  readonly key: RouteKey;
  readonly method: Method;
  readonly path: `/${string}`;
  readonly route: Route;
}

/** Reads a table's keys. */
export const entriesOf = (table: RouteTable): RouteEntry[] =>
  Object.entries(table).map(([key, route]) => {
    const [method, path] = key.split(" ");
    const known = METHODS.find((candidate) => candidate === method);
    if (!known || path?.startsWith("/") !== true) throw new RangeError(`not a route: ${key}`);
    return { key: `${known} /${path.slice(1)}`, method: known, path: `/${path.slice(1)}`, route };
  });
