/**
 * What went wrong, as the caller should see it. The kind decides HTTP status, Step Functions retry and embedded retry alike;
 * the code is stable and machine-readable; the message says what is wrong, where, and what to do.
 */
export type ProblemKind =
  | "invalid" // the input is wrong: 400
  | "unauthenticated" // nobody known: 401
  | "forbidden" // known, but not allowed: 403
  | "missing" // not there, or not visible to this tenant: 404
  | "exists" // there already: 409
  | "precondition" // the state does not allow it: 409
  | "version" // If-Match does not match: 412
  | "limited" // too many requests: 429
  | "transient" // may succeed when tried again: 503, the only kind that is retried
  | "internal"; // our fault: 500, the message stays inside

export interface Detail {
  /** Path of the field, file, row or column the reason is about. */
  readonly field: string;
  readonly reason: string;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly code: string;
  readonly details: readonly Detail[];

  constructor(
    kind: ProblemKind,
    code: string,
    message: string,
    options: { cause?: unknown; details?: readonly Detail[] } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? [];
  }
}

export const invalid = (field: string, reason: string, code = "INVALID_ARGUMENT"): Problem =>
  new Problem("invalid", code, `${field}: ${reason}`, { details: [{ field, reason }] });

export const missing = (what: string, id: string): Problem =>
  new Problem("missing", "NOT_FOUND", `${what} ${id} does not exist. Check the id, or list what is there.`);

export const precondition = (message: string, details: readonly Detail[] = []): Problem =>
  new Problem("precondition", "FAILED_PRECONDITION", message, { details });

export const forbidden = (message: string): Problem => new Problem("forbidden", "PERMISSION_DENIED", message);

export const exists = (message: string): Problem => new Problem("exists", "ALREADY_EXISTS", message);

/** Throws an internal Problem where the code's own assumption does not hold. */
export const unreachable = (message: string): never => {
  throw new Problem("internal", "INTERNAL", message);
};
