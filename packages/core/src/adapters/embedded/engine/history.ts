import type { EventDraft, Journal, Recorded, Timer } from "./effects.ts";
import { Failure, RUNTIME_ERROR } from "./failure.ts";
import type { JsonObject } from "./json.ts";

export interface HistoryEvent extends Omit<EventDraft, "key"> {
  readonly id: number;
}

/** The events of one flow, one after the other: the execution's own, that of a branch, of an iteration. */
export interface Trail {
  last: number;
}

export interface History {
  /** Adds an event. Throws a Failure where an execution has had as many as it may. */
  add(trail: Trail, key: string, type: string, state?: string, details?: JsonObject): Recorded;
  /** Adds the last event of an execution, which fits in always. */
  close(trail: Trail, key: string, type: string, details: JsonObject): void;
}

/** Quota of a standard workflow. */
const MOST_EVENTS = 25_000;

/** The history of one execution, kept by its journal. */
export const openHistory = (journal: Journal, timer: Timer, onEvent?: (event: HistoryEvent) => void): History => {
  const record = (trail: Trail, draft: Omit<EventDraft, "previousId" | "at">, most: number): Recorded | undefined => {
    const { key, ...event } = { ...draft, previousId: trail.last, at: timer.now() };
    const recorded = journal.record({ key, ...event }, most);
    if (recorded === undefined) return undefined;
    trail.last = recorded.id;
    onEvent?.({ ...event, ...recorded });
    return recorded;
  };
  return {
    add: (trail, key, type, state, details = {}) => {
      // The last place is for the event that ends the execution.
      const recorded = record(trail, { key, type, state: state ?? null, details }, MOST_EVENTS - 1);
      if (recorded !== undefined) return recorded;
      throw new Failure(RUNTIME_ERROR, `The execution reached the maximum number of history events (${MOST_EVENTS}).`);
    },
    close: (trail, key, type, details) => void record(trail, { key, type, state: null, details }, MOST_EVENTS),
  };
};
