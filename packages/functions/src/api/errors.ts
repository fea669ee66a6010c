import { Problem, type ProblemKind } from "@commops/core/kernel";

const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  exists: 409,
  precondition: 409,
  version: 412,
  limited: 429,
  transient: 503,
  internal: 500,
} as const satisfies Record<ProblemKind, number>;

/** Statuses that a Problem can have. */
export type ErrorStatus = (typeof STATUS)[ProblemKind] | 413;

/** Too many requests, with the seconds to wait and how many are allowed. */
export class LimitedProblem extends Problem {
  readonly retryAfter: number;
  readonly limit: number;
  constructor(message: string, retryAfter: number, limit: number) {
    super("limited", "RATE_LIMITED", message);
    this.retryAfter = retryAfter;
    this.limit = limit;
  }
}

/** A request body larger than its route takes. */
export class TooLargeProblem extends Problem {
  constructor(limit: number) {
    super("invalid", "INVALID_ARGUMENT", `the body is larger than ${limit} bytes. Send it in smaller parts.`);
  }
}

export const unauthenticated = (message: string): Problem => new Problem("unauthenticated", "UNAUTHENTICATED", message);

const INTERNAL_MESSAGE = "Something went wrong on our side. Try again; if it stays, tell support the trace id.";

export interface ErrorAnswer {
  readonly status: ErrorStatus;
  readonly body: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: readonly { readonly field: string; readonly reason: string }[];
      readonly trace_id: string;
    };
  };
  readonly headers: Readonly<Record<string, string>>;
  /** Our own fault: it belongs in the log with its cause, and nothing of it in the answer. */
  readonly isInternal: boolean;
}

const headersOf = (problem: Problem): Readonly<Record<string, string>> => {
  if (problem instanceof LimitedProblem)
    return {
      "retry-after": String(problem.retryAfter),
      "RateLimit-Limit": String(problem.limit),
      "RateLimit-Remaining": "0",
      "RateLimit-Reset": String(problem.retryAfter),
    };
  if (problem.kind === "transient") return { "retry-after": "1" };
  if (problem.kind === "unauthenticated") return { "www-authenticate": 'Bearer realm="commops"' };
  return {};
};

/** The one place where an error becomes an HTTP answer. What is no Problem is our fault and shows nothing. */
export const errorAnswer = (error: unknown, traceId: string): ErrorAnswer => {
  if (!(error instanceof Problem) || error.kind === "internal")
    return {
      status: 500,
      body: { error: { code: "INTERNAL", message: INTERNAL_MESSAGE, details: [], trace_id: traceId } },
      headers: {},
      isInternal: true,
    };
  const { code, message, details } = error;
  return {
    status: error instanceof TooLargeProblem ? 413 : STATUS[error.kind],
    body: { error: { code, message, details, trace_id: traceId } },
    headers: headersOf(error),
    isInternal: false,
  };
};
