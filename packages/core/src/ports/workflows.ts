import type { Json } from "../kernel/index.ts";
import type { Tx } from "./database.ts";

export const EXECUTION_STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** One run of a state machine, as lists show it. */
export interface ExecutionSummary {
  readonly executionArn: string;
  /** The machine's name in `core/workflows`, without stage or account. */
  readonly machine: string;
  /** Unique per machine; a business key, such as `invoice-approval` of "INV-202610-ACME.3". */
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly stoppedAt: Date | undefined;
  readonly redriveCount: number;
}

export interface ExecutionDetail extends ExecutionSummary {
  readonly input: Json;
  /** Undefined unless it succeeded. */
  readonly output: Json | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** The definition that it runs, pinned when it was started. */
  readonly definition: Json;
}

/** An event of the history, as the Step Functions API names it (`TaskStateEntered`, `TaskScheduled`, ...). */
export interface ExecutionEvent {
  readonly id: number;
  readonly previousId: number;
  readonly type: string;
  readonly at: Date;
  /** The state that it is about, where it is about one. */
  readonly state: string | undefined;
  /** Input, output, error, cause, parameters: whatever the event's type carries. */
  readonly details: Readonly<Record<string, Json>>;
}

export interface PageOf<T> {
  readonly rows: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * State machines: the embedded engine on one machine, Step Functions in AWS. Machines are named as in `core/workflows`.
 * Every method throws a transient Problem where the service cannot be reached or is busy, and a missing one for an execution or a machine
 * that is not there.
 */
export interface Workflows {
  /**
   * Starts an execution. The name makes it happen once: the same name and input while it runs gives the execution that is there; a name
   * that was used with other input, or whose execution has ended, is an exists Problem. Throws an invalid Problem on a name with other
   * than letters, digits, `-`, `_`, `.` or of more than 80 characters, and on input over 256 KiB.
   */
  start(request: {
    readonly machine: string;
    readonly name: string;
    readonly input: Json;
  }): Promise<{ readonly executionArn: string; readonly startedAt: Date }>;
  describe(executionArn: string): Promise<ExecutionDetail>;
  /** Events in order, oldest first unless `newestFirst`. */
  history(
    executionArn: string,
    page: { readonly size: number; readonly token?: string | undefined; readonly newestFirst?: boolean },
  ): Promise<PageOf<ExecutionEvent>>;
  /** Executions of a machine, newest first. */
  list(request: {
    readonly machine: string;
    readonly status?: ExecutionStatus | undefined;
    readonly size: number;
    readonly token?: string | undefined;
  }): Promise<PageOf<ExecutionSummary>>;
  /**
   * The executions that the distributed Maps of an execution made. Each is described, and has a history, under its ARN as any other; it is
   * ended and gone on with by its parent. None where the journal of the parent was removed.
   */
  children(
    executionArn: string,
    page: {
      readonly status?: ExecutionStatus | undefined;
      readonly size: number;
      readonly token?: string | undefined;
    },
  ): Promise<PageOf<ExecutionSummary>>;
  /**
   * Answers a task that waits for its token. Throws a precondition Problem with the code TASK_TIMED_OUT where the task has ended (answered
   * before, timed out, its execution stopped), and an invalid one with the code INVALID_TOKEN where it is no token of this service.
   */
  succeed(taskToken: string, output: Json): Promise<void>;
  fail(taskToken: string, failure: { readonly error: string; readonly cause: string }): Promise<void>;
  heartbeat(taskToken: string): Promise<void>;
  /** Ends a running execution as ABORTED; one that has ended stays as it is. */
  stop(
    executionArn: string,
    reason: { readonly error: string; readonly cause: string },
  ): Promise<{ readonly stoppedAt: Date }>;
  /**
   * Goes on with a failed, timed out or aborted execution from the state that failed; what had succeeded is not done again. Throws a
   * precondition Problem for one that runs or has succeeded, or ended so long ago that what it had done is not known any more.
   */
  redrive(executionArn: string): Promise<{ readonly redrivenAt: Date }>;
  /**
   * Removes what only going on needs (journals, tokens, the steps of a Map's children) of executions that ended before an instant. They
   * themselves and their own histories stay. Answers how many there were; Step Functions does so by itself, and has none to remove.
   */
  removeJournals(endedBefore: Date): Promise<{ readonly executions: number }>;
}

/**
 * What earlier tries of the same task had done before the process died. An engine that can hands it to a task's call: each use case that the task runs
 * leaves its result in the transaction of its own change, and gives it back instead of making the change twice.
 */
export interface TaskProgress {
  /** The result that a use case left with the same input, the n-th time it is asked; undefined where it has not saved yet. */
  recall(step: string): { readonly result: Json } | undefined;
  /** Leaves a result. Throws a precondition Problem where the execution has ended or is run elsewhere, so that the change is not made. */
  keep(tx: Tx, step: string, result: Json): Promise<void>;
}
