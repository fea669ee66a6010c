import { Problem } from "../../kernel/index.ts";

/** What a service said about a request that it did not do. */
export interface Refusal {
  /** The exception, such as `ThrottlingException`; the SDK's own word where the service did not answer. */
  readonly name: string;
  readonly message: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
}

const statusOf = (error: Error): number | undefined => {
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null) return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode;
};

export const refusalOf = (error: unknown): Refusal =>
  error instanceof Error
    ? { name: error.name, message: error.message, status: statusOf(error) }
    : { name: "Unknown", message: String(error), status: undefined };

const BUSY =
  /Throttl|TooManyRequests|LimitExceeded|SlowDown|RequestTimeout|ServiceUnavailable|InternalFailure|InternalServer|InternalError|ConflictException|OperationAborted/;
/** What Node says of a connection that failed, and the SDK of one that took too long. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "TimeoutError",
  "NetworkingError",
]);

const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  (UNREACHABLE.has(error.name) || ("code" in error && typeof error.code === "string" && UNREACHABLE.has(error.code)));

/** Wrong or missing rights, and a clock that is off: nothing that the caller can mend, and nothing that goes away by itself. */
const DENIED =
  /AccessDenied|UnrecognizedClient|InvalidClientToken|SignatureDoesNotMatch|InvalidAccessKey|ExpiredToken|CredentialsProvider|MissingAuthenticationToken|RequestTimeTooSkewed|^Kms/;

/**
 * What every service of AWS may say, as a Problem: busy, broken or out of reach is transient; refused rights are internal, and the
 * message for the log says which action to grant. Adapters map what is particular to their service first.
 * @param what the service and what it was asked for: "Step Functions: start invoicing".
 */
export const awsProblem = (error: unknown, what: string): Problem => {
  if (error instanceof Problem) return error;
  const { name, message, status } = refusalOf(error);
  const said = `${what}: ${message} (${name})`;
  if (DENIED.test(name))
    return new Problem("internal", "AWS_ACCESS_DENIED", `${said}. Grant the action to the role of this function.`, {
      cause: error,
    });
  if (isUnreachable(error) || BUSY.test(name) || status === 429 || (status ?? 0) >= 500)
    return new Problem("transient", "SERVICE_BUSY", `${said}. Try again.`, { cause: error });
  return new Problem("internal", "AWS_REFUSED", said, { cause: error });
};
