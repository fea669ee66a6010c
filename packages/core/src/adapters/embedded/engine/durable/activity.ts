import type { Timer } from "../effects.ts";
import { Aborted } from "../failure.ts";

/** A promise that nobody keeps: what waits for it is forgotten with all that belongs to it. */
export const never = <T>(): Promise<T> => new Promise(() => {});

/** What one execution has under way. It tells when all of it waits, so that the execution may leave memory. */
export interface Activity {
  readonly timer: Timer;
  /** Work that is not waiting. Ends for the count when the signal does, since nobody listens to it any more. */
  busy<T>(work: Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Waits for something from outside: `begin` is given what ends the waiting, and gives what is to be called when nobody waits any more.
   * Rejects with Aborted when the signal ends it.
   */
  outside<T>(signal: AbortSignal, begin: (resolve: (value: T) => void) => () => void): Promise<T>;
  /** Gives a value on, or nothing ever again once the execution was dropped. */
  unlessDropped<T>(value: T): T | Promise<T>;
  /** Ends all waiting without a word. */
  drop(): void;
  readonly dropped: Promise<void>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/** Counts what is under way; `onEnd` is called when a piece of it has ended. */
const openCount = (onEnd: () => void): Pick<Activity, "busy" | "idle"> & { underWay(): number } => {
  let underWay = 0;
  let onIdle = (): void => {};
  return {
    underWay: () => underWay,
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (underWay === 0) resolve();
      }),
    busy: async (work, signal) => {
      underWay += 1;
      let isOver = false;
      const end = (): void => {
        if (isOver) return;
        isOver = true;
        underWay -= 1;
        signal?.removeEventListener("abort", end);
        if (underWay === 0) onIdle();
        onEnd();
      };
      signal?.addEventListener("abort", end, { once: true });
      try {
        return await work;
      } finally {
        end();
      }
    },
  };
};

interface Waiting {
  readonly at: number;
  readonly forget: () => void;
}

type Begin<T> = (resolve: (value: T) => void) => () => void;

/** Who waits, and until when. */
const openWaits = (onBegin: () => void) => {
  const waits = new Set<Waiting>();
  return {
    waits,
    wait: <T>(signal: AbortSignal, begin: Begin<T>, at: number): Promise<T> =>
      new Promise((resolve, reject) => {
        let end = (): void => {};
        const forget = (): void => {
          waits.delete(wait);
          signal.removeEventListener("abort", stop);
          end();
        };
        const stop = (): void => {
          forget();
          reject(new Aborted());
        };
        const wait: Waiting = { at, forget };
        if (signal.aborted) return stop();
        waits.add(wait);
        signal.addEventListener("abort", stop, { once: true });
        end = begin((value) => {
          if (!waits.has(wait)) return;
          forget();
          resolve(value);
        });
        onBegin();
      }),
  };
};

/** `onQuiet` is told the next wake-up when everything waits; `settled` resolves when what was done so far is kept. */
export const openActivity = (
  base: Timer,
  settled: () => Promise<void>,
  onQuiet: (wakeAt: number) => void,
): Activity => {
  const { promise: dropped, resolve: tellDropped } = Promise.withResolvers<void>();
  let looks = 0;
  let isDropped = false;
  /** Steps that wait for nothing outside follow each other within one turn of the event loop. */
  const look = (): void => {
    looks += 1;
    const current = looks;
    setImmediate(() => {
      if (isDropped || count.underWay() > 0 || current !== looks || waits.size === 0) return;
      onQuiet([...waits].reduce((first, wait) => Math.min(first, wait.at), Infinity));
    });
  };
  const count = openCount(look);
  const { waits, wait } = openWaits(look);
  const unlessDropped = <T>(value: T): T | Promise<T> => (isDropped ? never<T>() : value);
  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    if (at <= base.now()) return unlessDropped(undefined);
    // It is kept before anybody waits for it.
    await count.busy(settled());
    await unlessDropped(undefined);
    const begin: Begin<void> = (resolve) => {
      const over = new AbortController();
      base.sleepUntil(at, over.signal).then(resolve, () => {});
      return () => over.abort();
    };
    await wait(signal, begin, at);
  };
  return {
    timer: { now: base.now, sleepUntil },
    busy: count.busy,
    idle: count.idle,
    outside: (signal, begin) => (isDropped ? never() : wait(signal, begin, Infinity)),
    unlessDropped,
    dropped,
    drop: () => {
      isDropped = true;
      for (const waiting of waits) waiting.forget();
      tellDropped();
    },
  };
};
