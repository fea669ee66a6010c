import type { AllRoutes } from "@commops/functions/src/api/routes/index.ts";

/** `GET /invoices`: a route of the API, as its own table names it. */
export type RouteName = keyof AllRoutes;

/** What a route takes: path, query and body in one object, as its use case reads them. */
export type Input<K extends RouteName> = Parameters<AllRoutes[K]["useCase"]["run"]>[1];

type Result<K extends RouteName> = Awaited<ReturnType<AllRoutes[K]["useCase"]["run"]>>;
type Shown<K extends RouteName> = ReturnType<NonNullable<AllRoutes[K]["show"]>>;

/** What a route answers. */
export type Answer<K extends RouteName> = unknown extends Shown<K> ? Result<K> : Shown<K>;

/** Who is signed in. */
export interface Session {
  readonly user_name: string | null;
  readonly name: string;
  readonly actor_id: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly tenant_id: string | null;
  readonly csrf_token: string | null;
  readonly expires_at: string;
}

export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

/** An answer of the API that is an error, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldFault[];
  readonly traceId: string | undefined;
  constructor(fault: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly details?: readonly FieldFault[];
    readonly traceId?: string | undefined;
  }) {
    super(fault.message);
    this.status = fault.status;
    this.code = fault.code;
    this.details = fault.details ?? [];
    this.traceId = fault.traceId;
  }
}

const BASE = "/api/v1";
let csrfToken: string | null = null;

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly FieldFault[];
    readonly trace_id?: string;
  };
}

const errorOf = async (response: Response): Promise<ApiError> => {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  return new ApiError({
    status: response.status,
    code: body.error?.code ?? "INTERNAL",
    message: body.error?.message ?? `The server answered ${response.status} without saying why.`,
    details: body.error?.details ?? [],
    traceId: body.error?.trace_id ?? response.headers.get("x-trace-id") ?? undefined,
  });
};

const send = async (method: string, path: string, init: { body?: unknown; signal?: AbortSignal } = {}) => {
  const headers = new Headers({ accept: "application/json" });
  if (init.body !== undefined) headers.set("content-type", "application/json");
  if (method !== "GET" && csrfToken !== null) headers.set("x-csrf-token", csrfToken);
  if (method === "POST") headers.set("idempotency-key", crypto.randomUUID());
  const response = await fetch(BASE + path, {
    method,
    headers,
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    ...(init.signal === undefined ? {} : { signal: init.signal }),
  }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError({
      status: 0,
      code: "UNREACHABLE",
      message: "The server did not answer. Check that it runs and that you are online, then try again.",
    });
  });
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? undefined : ((await response.json()) as unknown);
};

const queryText = (fields: Readonly<Record<string, unknown>>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      query.set(name, String(value));
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
};

/** Calls a route. Fields named in its path go there, the others into the query of a GET or the body. Throws ApiError. */
export const callApi = async <K extends RouteName>(
  route: K,
  input: Input<K>,
  signal?: AbortSignal,
): Promise<Answer<K>> => {
  const [method = "GET", template = "/"] = route.split(" ");
  const rest: Record<string, unknown> = { ...(input as object) };
  const path = template.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const options = signal === undefined ? {} : { signal };
  const answer =
    method === "GET"
      ? await send(method, path + queryText(rest), options)
      : await send(method, path, { body: rest, ...options });
  return answer as Answer<K>;
};

/** Who is signed in; null when nobody is. */
export const readSession = async (): Promise<Session | null> => {
  try {
    const session = (await send("GET", "/session")) as Session;
    csrfToken = session.csrf_token;
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
};

/** Signs in by name and password. Throws ApiError. */
export const signIn = async (userName: string, password: string): Promise<Session | null> => {
  await send("POST", "/session", { body: { user_name: userName, password } });
  return readSession();
};

export const signOut = async (): Promise<void> => {
  await send("DELETE", "/session");
  csrfToken = null;
};
