import type { UseCase } from "@commops/core/record";
import { z } from "zod";

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
  /** A multipart body is taken to a folder of this machine; the input is its `path`. */
  readonly takesFiles?: boolean;
  /** Where the use case takes no `if_revision`: the route that shows the present version, which If-Match is compared with. */
  readonly present?: Route;
}

/** What a request gets whose work goes on behind the answer. */
export const startedRun = z.object({ run_id: z.string(), status: z.literal("running") });
/** A link to a file, which works without a token for a while. */
export const fileLink = z.object({ url: z.url(), expires_at: z.iso.datetime() });

/**
 * How a route answers where it does not show the result: `work` runs the use case after the answer, which is the id of the run;
 * `again` takes up the run that the result names; `link` signs a link to the file that the use case makes; `stream` sends a text
 * as it is made.
 */
export type Reply = "work" | "again" | "link" | "stream";

export interface RouteOptions<O> extends RouteBase {
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
  /** The shape of a good answer, for the API description. */
  readonly answer?: z.ZodType;
  readonly reply?: Reply;
  show?(result: O): S;
  isCreated?(result: O): boolean;
  etag?(result: O): string | number | undefined;
}

/** Plain data as JSON carries it: no brands, no read-only lists. */
type Plain<T> = T extends string
  ? string extends T
    ? string
    : T extends { readonly [brand: symbol]: unknown } | { readonly __day: never }
      ? string
      : T
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer E)[]
      ? Plain<E>[]
      : { -readonly [K in keyof T]: Plain<T[K]> };

/** The schema where it describes what is shown; else a type that nothing has, which names what is shown. */
type Fits<A extends z.ZodType, S> = Plain<S> extends z.input<A> ? A : { readonly answer_does_not_describe: Plain<S> };

export type RouteTable = Readonly<Record<RouteKey, Route>>;

type Described<A extends z.ZodType, S> = { readonly answer?: A & Fits<A, S> };

/** Puts a use case behind a route; the compiler holds it to the answer that is described. */
export const on = <I extends z.ZodType, O, A extends z.ZodType = z.ZodType>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteOptions<O> & Described<A, O> = {},
): Route<I, O, O> => ({ ...options, useCase, summary });

/** Puts a use case behind a route that shows a part of the result. */
export const showing = <I extends z.ZodType, O, S, A extends z.ZodType = z.ZodType>(
  useCase: UseCase<I, O>,
  show: (result: O) => S,
  summary: string,
  options: RouteOptions<O> & Described<A, NoInfer<S>> = {},
): Route<I, O, S> => ({ ...options, useCase, summary, show });

/** Sends a text as the use case makes it. */
export const stream = <I extends z.ZodType, O extends StreamedText>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteBase = {},
): Route<I, O, string> => ({ ...options, useCase, summary, reply: "stream" });

/** Takes up a run that the use case put back in the queue. */
export const again = <I extends z.ZodType, O extends z.input<typeof startedRun>>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteBase = {},
): Route<I, O, O> => ({ status: 202, ...options, useCase, summary, reply: "again", answer: startedRun });

/** Puts work behind a route: the use case runs after the answer. */
export const work = <I extends z.ZodType, O>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteBase = {},
): Route<I, O, z.output<typeof startedRun>> => ({
  status: 202,
  ...options,
  useCase,
  summary,
  reply: "work",
  answer: startedRun,
});

/** Puts a file behind a route: the answer is a signed link to it. */
export const download = <I extends z.ZodType, O extends DownloadedFile>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteBase = {},
): Route<I, O, z.output<typeof fileLink>> => ({ ...options, useCase, summary, reply: "link", answer: fileLink });

/** What a use case behind a stream makes. */
export interface StreamedText {
  readonly file_name: string;
  readonly content_type: string;
  readonly chunks: AsyncIterable<string>;
}

/** What a use case behind a download makes. */
export interface DownloadedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

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
