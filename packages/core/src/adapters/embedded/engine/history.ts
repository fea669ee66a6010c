import { Failure, RUNTIME_ERROR } from "./failure.ts";

export interface HistoryEvent {
  readonly id: number;
  /** As the Step Functions API names it: TaskStateEntered, LambdaFunctionScheduled, ... */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: string | null;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /** Adds an event and gives its id. Throws a Failure where an execution has had as many as it may. */
  add(type: string, state?: string): number;
  /** Adds the last event of an execution, which fits in always. */
  close(type: string): void;
}

/** Quota of a standard workflow. */
const MOST_EVENTS = 25_000;

export const openHistory = (now: () => number): History => {
  const events: HistoryEvent[] = [];
  const push = (type: string, state: string | null): number => {
    const id = events.length + 1;
    events.push({ id, type, at: now(), state });
    return id;
  };
  return {
    events,
    add: (type, state) => {
      // The last place is for the event that ends the execution.
      if (events.length >= MOST_EVENTS - 1)
        throw new Failure(
          RUNTIME_ERROR,
          `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
        );
      return push(type, state ?? null);
    },
    close: (type) => void push(type, null),
  };
};
