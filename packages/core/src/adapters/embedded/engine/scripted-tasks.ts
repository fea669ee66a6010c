import type { TaskCall, TaskOutcome, TaskRunner } from "./effects.ts";
import { Aborted, runtimeFault } from "./failure.ts";

/** A task that does not answer: its own timeout ends it. */
export const NEVER = "never";

/** What a state's task answers when it is called. */
export interface ScriptedAnswer {
  readonly state: string;
  readonly outcome: TaskOutcome | typeof NEVER;
}

export interface ScriptedTasks extends TaskRunner {
  /** Every call so far, in order. */
  readonly calls: readonly TaskCall[];
  /** Answers that nobody has asked for. */
  left(): readonly ScriptedAnswer[];
}

const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Aborted()), { once: true }));

/**
 * Answers tasks from a list, each state from its own entries in their order; a task with a token gets its entry as the answer to the token.
 * A call without an entry goes to `otherwise`, or fails with States.Runtime.
 */
export const scriptedTasks = (
  script: readonly ScriptedAnswer[],
  otherwise?: (call: TaskCall) => TaskOutcome | undefined,
): ScriptedTasks => {
  const waiting = [...script];
  const calls: TaskCall[] = [];
  const next = async (call: TaskCall, signal: AbortSignal): Promise<TaskOutcome> => {
    const index = waiting.findIndex((answer) => answer.state === call.state);
    const [answer] = index < 0 ? [] : waiting.splice(index, 1);
    const outcome = answer?.outcome ?? otherwise?.(call);
    if (outcome === undefined) throw runtimeFault(`There is no answer (left) for the task '${call.state}'`);
    return outcome === NEVER ? forever(signal) : outcome;
  };
  return {
    calls,
    left: () => waiting,
    invoke: async (call, signal) => {
      calls.push(call);
      return call.isAwaited ? { output: {} } : next(call, signal);
    },
    answer: (call, _, signal) => next(call, signal),
  };
};
