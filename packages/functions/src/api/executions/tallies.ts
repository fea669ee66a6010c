import type { KnownState } from "./state-index.ts";
import type { Visit } from "./visits.ts";

export const STANDINGS = [
  "not_reached",
  /** In a distributed Map that was begun: what it does stands in executions of their own. */
  "elsewhere",
  "running",
  "retrying",
  "waiting",
  "succeeded",
  "caught",
  "failed",
  "aborted",
] as const;
export type Standing = (typeof STANDINGS)[number];

/** How often a state was entered, and how that ended. */
export interface VisitCounts {
  entered: number;
  running: number;
  waiting: number;
  succeeded: number;
  /** Failed, and went on by a Catch. */
  caught: number;
  failed: number;
  aborted: number;
}

export interface IterationCounts {
  started: number;
  succeeded: number;
  failed: number;
  aborted: number;
}

export interface Tally {
  readonly visits: VisitCounts;
  attempts: number;
  iterations: IterationCounts | null;
}

const noVisits = (): VisitCounts => ({
  entered: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  caught: 0,
  failed: 0,
  aborted: 0,
});

/** A state in one word. */
export const standingOf = ({ visits }: Tally, open: readonly Visit[]): Standing => {
  if (visits.waiting > 0 && visits.waiting === visits.running) return "waiting";
  if (visits.running > 0) return open.every((visit) => visit.hasFailed) ? "retrying" : "running";
  const ended = (["failed", "aborted", "caught", "succeeded"] as const).find((one) => visits[one] > 0);
  return ended ?? "not_reached";
};

type Ending = "succeeded" | "caught" | "failed" | "aborted";

/** Counts of every state, kept while a history is read. */
export const openTallies = (known: ReadonlyMap<string, KnownState>) => {
  const tallies = new Map(
    [...known.keys()].map((name): [string, Tally] => [name, { visits: noVisits(), attempts: 0, iterations: null }]),
  );
  const of = ({ state }: Visit): Tally =>
    tallies.get(state.name) ?? { visits: noVisits(), attempts: 0, iterations: null };
  const wait = (visit: Visit, isWaiting: boolean): void => {
    if (visit.isWaiting !== isWaiting) of(visit).visits.waiting += isWaiting ? 1 : -1;
    visit.isWaiting = isWaiting;
  };
  return {
    tallies,
    of,
    wait,
    enter: (visit: Visit): void => {
      const { visits } = of(visit);
      visits.entered += 1;
      visits.running += 1;
    },
    close: (visit: Visit, ending: Ending): void => {
      wait(visit, false);
      visit.isOpen = false;
      visit.endedAs = ending;
      const { visits } = of(visit);
      visits.running -= 1;
      visits[ending] += 1;
    },
    reopen: (visit: Visit): void => {
      const { visits } = of(visit);
      if (visit.endedAs !== undefined) visits[visit.endedAs] -= 1;
      visits.running += 1;
      Object.assign(visit, { isOpen: true, hasFailed: false, endedAs: undefined });
    },
  };
};

export type Tallies = ReturnType<typeof openTallies>;

const ITERATION = /^MapIteration(Started|Succeeded|Failed|Aborted)$/;

const countIteration = (tally: Tally, type: string): boolean => {
  const what = ITERATION.exec(type)?.[1]?.toLowerCase();
  if (what === undefined) return false;
  tally.iterations ??= { started: 0, succeeded: 0, failed: 0, aborted: 0 };
  if (what === "started" || what === "succeeded" || what === "failed" || what === "aborted")
    tally.iterations[what] += 1;
  return true;
};

/** What an event within a visit says of it. */
export const follow = (tallies: Tallies, visit: Visit, type: string): void => {
  const tally = tallies.of(visit);
  if (countIteration(tally, type)) return;
  if (/(Scheduled|^MapStateStarted|^ParallelStateStarted)$/.test(type)) {
    tally.attempts += 1;
    visit.hasFailed = false;
    tallies.wait(visit, false);
  } else if (/(Failed|TimedOut)$/.test(type)) {
    visit.hasFailed = true;
    tallies.wait(visit, false);
  } else if (type.endsWith("Succeeded")) {
    visit.hasFailed = false;
    tallies.wait(visit, false);
  } else if (type.endsWith("Submitted")) tallies.wait(visit, visit.state.isCallback);
};
