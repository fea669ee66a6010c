import { type KnownState, statesOf } from "./state-index.ts";
import type { Json } from "@commops/core/kernel";
import { openPath, type TakenWay } from "./taken-path.ts";
import { follow, type IterationCounts, openTallies, type Standing, standingOf, type VisitCounts } from "./tallies.ts";
import { type BareEvent, openVisits, type Visit } from "./visits.ts";

/** How a state stands: in one word, and in numbers where it was entered more than once. */
export interface StateProgress {
  readonly name: string;
  readonly standing: Standing;
  readonly visits: Readonly<VisitCounts>;
  /** How often its work was begun, retries included. */
  readonly attempts: number;
  /** Of a Map; null for what is none or has not begun. */
  readonly iterations: Readonly<IterationCounts> | null;
}

export interface Progress {
  readonly states: readonly StateProgress[];
  readonly path: readonly TakenWay[];
}

/** Whether a state is a part of another, however deep. */
const isPartOf = (known: ReadonlyMap<string, KnownState>, state: KnownState, name: string): boolean => {
  for (let one: KnownState | undefined = state; one?.within !== undefined; one = known.get(one.within))
    if (one.within === name) return true;
  return false;
};

/** Follows an execution through its states. */
const openWalk = (known: ReadonlyMap<string, KnownState>) => {
  const visits = openVisits(known);
  const tallies = openTallies(known);
  const path = openPath();
  let suspended: Visit[] = [];
  const endParts = ({ name, type }: KnownState): void => {
    if (type !== "Map" && type !== "Parallel") return;
    for (const visit of visits.open())
      if (isPartOf(known, visit.state, name)) tallies.close(visit, visit.hasFailed ? "failed" : "aborted");
  };
  const enter = (event: BareEvent): void => {
    const resumed = suspended.find((visit) => visit.isOpen && visit.state.name === event.state);
    suspended = suspended.filter((visit) => visit !== resumed);
    if (resumed !== undefined) return;
    const before = visits.before(event);
    const visit = visits.enter(event);
    if (visit === undefined) return;
    tallies.enter(visit);
    path.enter(visit.state, before);
    if (visit.state.type === "Fail") tallies.close(visit, "failed");
  };
  const endExecution = (type: string): void => {
    suspended = [...visits.open()];
    const isFailure = type === "ExecutionFailed";
    for (const visit of suspended) {
      const isCulprit = visit.hasFailed || (isFailure && visit.state.within === undefined);
      tallies.close(visit, isCulprit ? "failed" : "aborted");
    }
    if (type === "ExecutionSucceeded") path.end();
  };
  const leave = (visit: Visit): void => {
    endParts(visit.state);
    tallies.close(visit, visit.hasFailed ? "caught" : "succeeded");
    path.leave(visit.state);
  };
  const within = (event: BareEvent): string | undefined => {
    const visit = visits.of(event);
    if (visit?.isOpen !== true) return visit?.state.name;
    if (event.type.endsWith("StateExited")) leave(visit);
    else if (event.type.endsWith("StateAborted")) {
      endParts(visit.state);
      tallies.close(visit, visit.hasFailed ? "failed" : "aborted");
    } else follow(tallies, visit, event.type);
    return visit.state.name;
  };
  const redrive = (event: BareEvent): void => {
    suspended.forEach(tallies.reopen);
    visits.reopen(suspended, event);
  };
  return { visits, tallies, path, enter, within, endExecution, redrive };
};

export interface ProgressReader {
  /** The next event, oldest first. Answers the state that it is about. */
  read(event: BareEvent): string | undefined;
  progress(): Progress;
}

/**
 * Reads from a history how every state of the definition stands and which ways were taken: the events of Step Functions in their order,
 * of an execution that runs or has ended, redriven or not.
 */
export const progressReader = (definition: Json): ProgressReader => {
  const known = statesOf(definition);
  const { visits, tallies, path, enter, within, endExecution, redrive } = openWalk(known);
  const isBegunElsewhere = (name: string): boolean => {
    const state = known.get(name);
    const outer = state?.isElsewhere === true ? known.get(state.within ?? "") : undefined;
    return (
      outer !== undefined &&
      ((tallies.tallies.get(outer.name)?.visits.entered ?? 0) > 0 || isBegunElsewhere(outer.name))
    );
  };
  return {
    read: (event) => {
      if (event.type.endsWith("StateEntered")) {
        enter(event);
        return event.state;
      }
      if (event.type === "ExecutionRedriven") redrive(event);
      else if (/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(event.type)) endExecution(event.type);
      else return within(event);
      return undefined;
    },
    progress: () => ({
      states: [...tallies.tallies].map(([name, tally]) => ({
        name,
        standing: isBegunElsewhere(name)
          ? "elsewhere"
          : standingOf(
              tally,
              visits.open().filter((visit) => visit.state.name === name),
            ),
        visits: { ...tally.visits },
        attempts: tally.attempts,
        iterations: tally.iterations === null ? null : { ...tally.iterations },
      })),
      path: [...path.taken.values()],
    }),
  };
};
