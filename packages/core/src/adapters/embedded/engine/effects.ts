import type { Json } from "../../../kernel/index.ts";

/** What an execution has done already. Under a durable journal it goes on after a crash where it was. */
export interface Journal {
  /**
   * The value under a key; where there is none, what `work` gives, which is stored before it is given back. A key names one step of one
   * execution: path of states with visit numbers, iteration, branch and attempt. What `work` throws is not stored.
   */
  once<T extends Json>(key: string, work: () => Promise<T>): Promise<T>;
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
}

/** Does the work that Task states ask for. A rejection stops the execution; what a state may catch is an outcome. */
export interface TaskRunner {
  /** Invokes a resource. For a task with a token the output only says that the request was taken. */
  invoke(call: TaskCall, signal: AbortSignal): Promise<TaskOutcome>;
  /** Waits for the answer to a call's token; tells every heartbeat with its time, in milliseconds since 1970. */
  answer(call: TaskCall, onHeartbeat: (at: number) => void, signal: AbortSignal): Promise<TaskOutcome>;
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
