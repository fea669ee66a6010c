import type { Timer } from "../src/adapters/embedded/engine/effects.ts";
import { Aborted } from "../src/adapters/embedded/engine/failure.ts";

/** Time that stands still until it is moved: then everybody whose time has come is woken. */
export interface StandingTimer extends Timer {
  advanceTo(at: number): void;
}

export const standingTimer = (start: number): StandingTimer => {
  let now = start;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", stop);
        };
        const stop = (): void => {
          end();
          reject(new Aborted());
        };
        const wake = (): void => {
          end();
          resolve();
        };
        const sleeper = { at, wake };
        if (signal.aborted) return stop();
        if (at <= now) return resolve();
        sleepers.add(sleeper);
        signal.addEventListener("abort", stop, { once: true });
      }),
    advanceTo: (at) => {
      now = Math.max(now, at);
      for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake();
    },
  };
};
