import type { KnownState } from "./state-index.ts";
import type { Visit } from "./visits.ts";

/** A way that was taken. From null it is the start, to null the end. */
export interface TakenWay {
  readonly from: string | null;
  readonly to: string | null;
  readonly times: number;
}

/** The ways that were taken, with the state that was left last in each part of the machine. */
export const openPath = () => {
  const taken = new Map<string, { from: string | null; to: string | null; times: number }>();
  const left = new Map<string | undefined, KnownState>();
  const take = (from: string | null, to: string | null): void => {
    const way = taken.get(JSON.stringify([from, to])) ?? { from, to, times: 0 };
    way.times += 1;
    taken.set(JSON.stringify([from, to]), way);
  };
  return {
    taken,
    leave: (state: KnownState): void => void left.set(state.within, state),
    enter: (state: KnownState, before: Visit | undefined): void => {
      const leads = (one: KnownState | undefined): boolean =>
        one?.within === state.within && one?.targets.has(state.name) === true;
      const last = left.get(state.within);
      const from = leads(before?.state) ? before?.state : leads(last) ? last : undefined;
      if (from !== undefined) take(from.name, state.name);
      else if (state.within === undefined && taken.size === 0) take(null, state.name);
    },
    end: (): void => {
      const last = left.get(undefined);
      if (last !== undefined) take(last.name, null);
    },
  };
};
