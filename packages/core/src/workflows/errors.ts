import type { ProblemKind } from "../kernel/index.ts";

/** The error name of what may succeed when it is tried again. */
export const TRANSIENT = "Transient";

const NAMES: Readonly<Record<ProblemKind, string>> = {
  invalid: "Invalid",
  unauthenticated: "Unauthenticated",
  forbidden: "Forbidden",
  missing: "Missing",
  exists: "Exists",
  precondition: "Precondition",
  version: "Version",
  limited: "Limited",
  transient: TRANSIENT,
  internal: "Internal",
};

/** Under which error name a Retry and a Catch know a problem that a task threw, on both engines. */
export const errorNameOf = (kind: ProblemKind): string => NAMES[kind];

/** What passes by itself: said so by the task, or by the service that runs it. A timed-out task is safe to repeat, as every task is. */
export const TRANSIENT_ERRORS = [
  TRANSIENT,
  "States.Timeout",
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Sandbox.Timedout",
] as const;

/** The same for the service that starts executions. */
export const START_TRANSIENT_ERRORS = [
  TRANSIENT,
  "States.Timeout",
  "StepFunctions.ExecutionLimitExceededException",
  "StepFunctions.ThrottlingException",
  "StepFunctions.SdkClientException",
] as const;

/** The business key was used before: what is to be started is there. */
export const ALREADY_STARTED = "StepFunctions.ExecutionAlreadyExistsException";
