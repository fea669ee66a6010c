import type { Timer } from "./effects.ts";
import { Aborted } from "./failure.ts";

/** The longest time setTimeout can wait; beyond it, it fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Time that passes. */
export const wallTimer: Timer = {
  now: () => Date.now(),
  sleepUntil: (at, signal) =>
    new Promise((resolve, reject) => {
      let timeout: NodeJS.Timeout | undefined;
      const stop = (): void => {
        clearTimeout(timeout);
        reject(new Aborted());
      };
      const wait = (): void => {
        const rest = at - Date.now();
        if (rest > 0) {
          timeout = setTimeout(wait, Math.min(rest, LONGEST_TIMEOUT));
          return;
        }
        signal.removeEventListener("abort", stop);
        resolve();
      };
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      wait();
    }),
};

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that does not pass but jumps: whenever everything waits, to the next wake-up. It takes work that is not done at once (files, network)
 * for waiting, so it is for tasks that answer from memory.
 */
export const virtualTimer = (start: number): Timer => {
  let now = start;
  let isTicking = false;
  const sleepers = new Set<Sleeper>();
  const tick = (): void => {
    const next = [...sleepers].reduce<Sleeper | undefined>(
      (first, other) => (first === undefined || other.at < first.at ? other : first),
      undefined,
    );
    isTicking = next !== undefined;
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
    setImmediate(tick);
  };
  return {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new Aborted());
        const forget = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", stop);
        };
        const stop = (): void => {
          forget();
          reject(new Aborted());
        };
        const wake = (): void => {
          forget();
          resolve();
        };
        const sleeper: Sleeper = { at, wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", stop, { once: true });
        if (!isTicking) {
          isTicking = true;
          setImmediate(tick);
        }
      }),
  };
};
