import type { JsonObject } from "./json.ts";

/**
 * A state or an execution failed with an error name and a cause of the States Language. `isFault` marks what the evaluation of a
 * state raised: the interpreter then says in which state, before anybody sees the cause.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly error: string | null;
  readonly reason: string | null;
  readonly isFault: boolean;
  /** A second name that Retry and Catch may know it by. */
  readonly alias: string | null;

  constructor(
    error: string | null,
    reason: string | null,
    { isFault = false, alias = null }: { isFault?: boolean; alias?: string | null } = {},
  ) {
    super(`${error ?? "(no error name)"}: ${reason ?? "(no cause)"}`);
    this.error = error;
    this.reason = reason;
    this.isFault = isFault;
    this.alias = alias;
  }
}

/** Work was stopped because what it belongs to has ended. Nobody catches or retries it. */
export class Aborted extends Error {
  override readonly name = "Aborted";
}

export const QUERY_ERROR = "States.QueryEvaluationError";
export const RUNTIME_ERROR = "States.Runtime";
export const TIMEOUT = "States.Timeout";

export const runtimeFault = (reason: string): Failure => new Failure(RUNTIME_ERROR, reason, { isFault: true });

export const queryFault = (reason: string): Failure => new Failure(QUERY_ERROR, reason, { isFault: true });

/** The error as a Catch sees it. A timeout has an empty cause, any other error without a cause has null. */
export const errorOutput = (failure: Failure): JsonObject => ({
  Error: failure.error,
  Cause: failure.reason ?? (failure.error === TIMEOUT ? "" : null),
});

/** The error as events of the history carry it. */
export const errorDetails = ({ error, reason }: Failure): JsonObject => ({ error, cause: reason });
