import type { UseCase } from "@commops/core/record";
import type { z } from "zod";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];
/** `POST /invoices/{invoice_id}:approve`: the method and the path below /api/v1, as OpenAPI writes it. */
export type RouteKey = `${Method} /${string}`;

/** What a request carries beside its path, before the use case's schema reads it. */
export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The revision that If-Match names. */
  readonly revision: number | undefined;
}

interface RouteBase {
  /** Status of a good answer; 200 unless said otherwise. */
  readonly status?: number;
  /** How the input is made; body (or query), then path on top of it, unless said otherwise. */
  readonly input?: (parts: RequestParts) => unknown;
  /** Largest body in bytes. */
  readonly maxBytes?: number;
  /** The answer holds a secret, which no idempotency key may keep. */
  readonly isSecret?: boolean;
}

export interface RouteOptions<O> extends RouteBase {
  /** The shape of a good answer, for the API description; the compiler holds the use case to it. */
  readonly answer?: z.ZodType<unknown, O>;
  /** Whether a result was made by this call: 201 then. */
  readonly isCreated?: (result: O) => boolean;
  /** The version of what the answer shows; If-Match carries it back. */
  readonly revision?: (result: O) => number;
}

/** A route is data: which use case runs, and how HTTP reads and writes it. */
export interface Route<I extends z.ZodType = z.ZodType, O = unknown> extends RouteBase {
  readonly useCase: UseCase<I, O>;
  /** One sentence for the API description. */
  readonly summary: string;
  readonly answer?: z.ZodType;
  isCreated?(result: O): boolean;
  revision?(result: O): number;
}

export type RouteTable = Readonly<Record<RouteKey, Route>>;

/** Puts a use case behind a route. */
export const on = <I extends z.ZodType, O>(
  useCase: UseCase<I, O>,
  summary: string,
  options: RouteOptions<O> = {},
): Route<I, O> => ({ ...options, useCase, summary });

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
    if (!known || path === undefined) throw new RangeError(`not a route: ${key}`);
    return { key: `${known} /${path.slice(1)}`, method: known, path: `/${path.slice(1)}`, route };
  });
