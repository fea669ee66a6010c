import type { KnownState } from "./state-index.ts";

/** An event of a history without what it carries. */
export interface BareEvent {
  readonly id: number;
  readonly previousId: number;
  readonly type: string;
  readonly state: string | undefined;
}

/** One time that an execution was in a state. */
export interface Visit {
  readonly state: KnownState;
  isOpen: boolean;
  isWaiting: boolean;
  hasFailed: boolean;
  endedAs: "succeeded" | "caught" | "failed" | "aborted" | undefined;
}

/** Which visit each event is about. */
export interface Visits {
  readonly open: () => readonly Visit[];
  /** Visits that ended with the execution go on with the event that redrives it. */
  reopen(visits: readonly Visit[], event: BareEvent): void;
  enter(event: BareEvent): Visit | undefined;
  /** The visit that an event is about; undefined where it is about the execution. */
  of(event: BareEvent): Visit | undefined;
  /** The visit that the event before was about, whether it has ended or not. */
  before(event: BareEvent): Visit | undefined;
}

/** Events about a Map or a Parallel itself, which may follow on events of what it holds. */
const CONTAINER = /^(Map|Parallel)(State|Iteration|Run)/;

/**
 * Finds the visits of a history. Events name their state or follow, by `previousId`, on one that does; what several iterations do at the
 * same time is told apart by that, too.
 */
export const openVisits = (known: ReadonlyMap<string, KnownState>): Visits => {
  const byEvent = new Map<number, Visit>();
  const open = new Set<Visit>();
  const openIn = (name: string): Visit | undefined => {
    for (const visit of open) if (visit.isOpen && visit.state.name === name) return visit;
    return undefined;
  };
  const container = (start: Visit, type: string): Visit | undefined => {
    for (let visit: Visit | undefined = start; visit !== undefined;) {
      if (visit.state.type === type) return visit;
      visit = visit.state.within === undefined ? undefined : openIn(visit.state.within);
    }
    return undefined;
  };
  const find = (event: BareEvent): Visit | undefined => {
    const before = byEvent.get(event.previousId);
    const type = CONTAINER.exec(event.type)?.[1];
    if (event.state !== undefined)
      return before?.isOpen === true && before.state.name === event.state ? before : openIn(event.state);
    if (before === undefined) return undefined;
    return type === undefined ? before : container(before, type);
  };
  return {
    open: () => {
      for (const visit of open) if (!visit.isOpen) open.delete(visit);
      return [...open];
    },
    reopen: (visits, event) => {
      for (const visit of visits) {
        open.add(visit);
        byEvent.set(event.id, visit);
      }
    },
    before: (event) => byEvent.get(event.previousId),
    of: (event) => {
      const visit = event.type.startsWith("Execution") ? undefined : find(event);
      if (visit !== undefined) byEvent.set(event.id, visit);
      return visit;
    },
    enter: (event) => {
      const state = known.get(event.state ?? "");
      if (state === undefined) return undefined;
      const visit: Visit = { state, isOpen: true, isWaiting: false, hasFailed: false, endedAs: undefined };
      open.add(visit);
      byEvent.set(event.id, visit);
      return visit;
    },
  };
};
