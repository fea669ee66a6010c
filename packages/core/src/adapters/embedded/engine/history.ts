import { Failure, RUNTIME_ERROR } from "./failure.ts";
import type { JsonObject } from "./json.ts";

export interface HistoryEvent {
  readonly id: number;
  /** As the Step Functions API names it: TaskStateEntered, LambdaFunctionScheduled, ... */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: string | null;
}

/** An event with what its type carries: input, output, error, cause, parameters. */
export interface DetailedEvent extends HistoryEvent {
  readonly details: JsonObject;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /** Adds an event and gives its id. Throws a Failure where an execution has had as many as it may. */
  add(type: string, state?: string, details?: JsonObject): number;
  /** Adds the last event of an execution, which fits in always. */
  close(type: string, details?: JsonObject): void;
}

/** Quota of a standard workflow. */
const MOST_EVENTS = 25_000;

/** Keeps the events; what they carry goes to `onEvent` only, since a long execution would hold it all. */
export const openHistory = (now: () => number, onEvent?: (event: DetailedEvent) => void): History => {
  const events: HistoryEvent[] = [];
  const push = (type: string, state: string | null, details: JsonObject): number => {
    const event = { id: events.length + 1, type, at: now(), state };
    events.push(event);
    onEvent?.({ ...event, details });
    return event.id;
  };
  return {
    events,
    add: (type, state, details = {}) => {
      // The last place is for the event that ends the execution.
      if (events.length >= MOST_EVENTS - 1)
        throw new Failure(
          RUNTIME_ERROR,
          `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
        );
      return push(type, state ?? null, details);
    },
    close: (type, details = {}) => void push(type, null, details),
  };
};
