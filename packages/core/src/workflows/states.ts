import type { Json } from "../kernel/index.ts";
import { ALREADY_STARTED, START_TRANSIENT_ERRORS, TRANSIENT_ERRORS } from "./errors.ts";
import type { Catcher, Expression, FailState, Onward, Retrier, TaskState } from "./language.ts";
import { TASKS, type TaskName } from "./tasks.ts";
import type { TaskTraits } from "./task.ts";

/** What a state gives its function beyond the function's own time: the way there and back. */
const CALL_SECONDS = 10;
const MAX_DELAY_SECONDS = 300;

export const expression = (text: string): Expression => `{% ${text} %}`;

/** A field of the execution's input that may be left out: null then. */
export const optional = (field: string): Expression =>
  expression(`$exists($states.context.Execution.Input.${field}) ? $states.context.Execution.Input.${field} : null`);

/** Tries again what passes by itself, with growing pauses and full jitter; everything else is for the Catch. */
export const retryTransient = (
  { maxAttempts, intervalSeconds, backoffRate }: TaskTraits["retry"],
  errors: readonly string[] = TRANSIENT_ERRORS,
): Retrier[] => [
  {
    ErrorEquals: errors,
    IntervalSeconds: intervalSeconds,
    MaxAttempts: maxAttempts,
    BackoffRate: backoffRate,
    MaxDelaySeconds: MAX_DELAY_SECONDS,
    JitterStrategy: "FULL",
  },
];

const CAUSE = "$substring($string($states.errorOutput.Cause ? $states.errorOutput.Cause : ''), 0, 4000)";

/** Whatever went wrong is kept in `$failure` and leads to the state that records it. */
export const caught: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { Error: expression("$string($states.errorOutput.Error)"), Cause: expression(CAUSE) } },
  Next: "RecordFailure",
};

/** Within a map: an item that fails is an outcome, so that it stops nobody else. */
export const caughtItem: Catcher = {
  ErrorEquals: ["States.ALL"],
  Output: expression(
    `$merge([$states.context.Execution.Input, {'outcome': 'failed', 'error': $states.errorOutput.Error, 'cause': ${CAUSE}}])`,
  ),
  Next: "Ended",
};

type Shape = Onward & {
  readonly Comment?: string;
  readonly Assign?: Readonly<Record<string, Json>>;
  readonly Output?: Json;
  readonly Catch?: readonly Catcher[];
};

/** Calls a task's function; what it answers is the state's output. */
export const call = (task: TaskName, payload: Readonly<Record<string, Json>>, shape: Shape): TaskState => {
  const traits: TaskTraits = TASKS[task];
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: `\${task:${task}}`, Payload: payload },
    TimeoutSeconds: traits.timeoutSeconds + CALL_SECONDS,
    Output: expression("$states.result.Payload"),
    Retry: retryTransient(traits.retry),
    Catch: [caught],
    ...shape,
  };
};

/** Calls a task's function with a token and waits, without cost, until somebody answers it. */
export const ask = (
  task: TaskName,
  payload: Readonly<Record<string, Json>>,
  shape: Shape & { readonly TimeoutSeconds: number },
): TaskState => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
  Arguments: {
    FunctionName: `\${task:${task}}`,
    Payload: { ...payload, task_token: expression("$states.context.Task.Token") },
  },
  Output: expression("$states.result"),
  // Not States.Timeout: that is the end of the waiting.
  Retry: retryTransient(
    TASKS[task].retry,
    TRANSIENT_ERRORS.filter((name) => name !== "States.Timeout"),
  ),
  Catch: [caught],
  ...shape,
});

/** Starts another machine once under a business key, and does not wait for it; one that is there already is as good. */
export const start = (
  machine: string,
  request: { readonly name: Expression; readonly input: Readonly<Record<string, Json>> },
  shape: Shape & { readonly Next: string },
): TaskState => ({
  Type: "Task",
  Resource: "arn:aws:states:::states:startExecution",
  Arguments: { StateMachineArn: `\${machine:${machine}}`, Name: request.name, Input: request.input },
  TimeoutSeconds: 60,
  Retry: retryTransient({ maxAttempts: 4, intervalSeconds: 2, backoffRate: 2 }, START_TRANSIENT_ERRORS),
  ...shape,
  Catch: [
    {
      ErrorEquals: [ALREADY_STARTED],
      Next: shape.Next,
      ...(shape.Output === undefined ? {} : { Output: shape.Output }),
    },
    ...(shape.Catch ?? [caught]),
  ],
});

/**
 * Claims the scheduled time, so that a scheduler that fires twice starts nothing twice; `next` is where the claimed run goes on. `subject`
 * is the field of the input that tells apart what one machine does at one time.
 */
export const claimed = (machine: string, next: string, subject?: string) => ({
  Claim: call(
    "claim-run",
    {
      machine,
      subject: subject === undefined ? null : optional(subject),
      scheduled_for: optional("scheduled_for"),
      execution: expression("$states.context.Execution.Id"),
    },
    { Next: "IsClaimed" },
  ),
  IsClaimed: {
    Type: "Choice" as const,
    Choices: [{ Condition: expression("$states.input.claimed"), Next: next }],
    Default: "DoneBefore",
  },
  DoneBefore: {
    Type: "Succeed" as const,
    Comment: "Another execution has this scheduled time",
    Output: { outcome: "done_before" },
  },
});

/** How a machine ends when something failed that nothing else deals with: the alert is written, then it fails under the error's name. */
export const failing = (
  machine: string,
  name: string,
): { RecordFailure: TaskState } & Record<string, TaskState | FailState> => ({
  RecordFailure: call(
    "record-failure",
    {
      machine,
      execution: expression("$states.context.Execution.Id"),
      input: expression("$states.context.Execution.Input"),
      error: expression("$failure.Error"),
      cause: expression("$failure.Cause"),
    },
    { Catch: [{ ErrorEquals: ["States.ALL"], Next: name }], Next: name },
  ),
  [name]: {
    Type: "Fail",
    Error: expression("$failure.Error"),
    Cause: expression("$failure.Cause"),
  },
});
