import type { Json } from "../../../kernel/index.ts";
import type { JsonObject } from "./json.ts";

/** An event of the history, as a step adds it. */
export interface EventDraft {
  /** Names the event within the execution. */
  readonly key: string;
  readonly previousId: number;
  /** As the Step Functions API names it: TaskStateEntered, LambdaFunctionScheduled, ... */
  readonly type: string;
  readonly state: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What its type carries: input, output, error, cause, parameters. */
  readonly details: JsonObject;
}

/** Where an event stands in the history. */
export interface Recorded {
  readonly id: number;
  readonly at: number;
}

/** What an execution has done already. Under a durable journal it goes on after a crash where it was. */
export interface Journal {
  /**
   * The value under a key; where there is none, what `work` gives, which is stored before it is given back. A key names one step of one
   * execution: path of states with visit numbers, iteration, branch and attempt. What `work` throws is not stored.
   */
  once<T extends Json>(key: string, work: () => Promise<T>): Promise<T>;
  /** The value under a key, where there is one. */
  known(key: string): Json | undefined;
  /** Adds an event once: its id, and when it happened the first time. Undefined where the history has `most` events already. */
  record(event: EventDraft, most: number): Recorded | undefined;
  /** The journal of an execution of its own, that a distributed map makes under a path. */
  child(path: string): Promise<Journal>;
}

export type TaskOutcome = { readonly output: Json } | { readonly error: string | null; readonly cause: string | null };

export interface TaskCall {
  /** Names this attempt within the execution. */
  readonly key: string;
  readonly state: string;
  readonly resource: string;
  readonly parameters: Json;
  /** The token of a task that waits for its answer (`.waitForTaskToken`), else null. */
  readonly token: string | null;
  /** Whether its answer comes apart from its request: with the token, or at the end of what was begun (`.sync`). */
  readonly isAwaited: boolean;
}

/** Does the work that Task states ask for. A rejection stops the execution; what a state may catch is an outcome. */
export interface TaskRunner {
  /** Invokes a resource. Where the answer comes apart, the output only says that the request was taken. */
  invoke(call: TaskCall, signal: AbortSignal): Promise<TaskOutcome>;
  /** Waits for the answer that comes apart; tells every heartbeat with its time, in milliseconds since 1970. */
  answer(call: TaskCall, onHeartbeat: (at: number) => void, signal: AbortSignal): Promise<TaskOutcome>;
  /**
   * Closes the token of a call that nobody answered in time. False where an answer or, after `heardAt`, a heartbeat came first: then it has been
   * told. Without it time alone decides.
   */
  expire?(call: TaskCall, heardAt: number): Promise<boolean>;
}

/** Time as an execution sees it, in milliseconds since 1970. */
export interface Timer {
  now(): number;
  /** Resolves when that time has come, however far it is; rejects with Aborted when the signal ends the wait. */
  sleepUntil(at: number, signal: AbortSignal): Promise<void>;
}

/** Objects that ItemReader reads and ResultWriter writes. */
export interface ObjectStore {
  /** Throws a Failure of States.ItemReaderFailed when it is not there. */
  read(bucket: string, key: string): Promise<Uint8Array>;
  /** What is known about the objects under a prefix (Key, Size, ...), in the order of keys. */
  list(bucket: string, prefix: string): Promise<readonly Json[]>;
  write(bucket: string, key: string, content: string): Promise<void>;
}

export interface Effects {
  readonly journal: Journal;
  readonly tasks: TaskRunner;
  readonly timer: Timer;
  readonly objects: ObjectStore;
}
