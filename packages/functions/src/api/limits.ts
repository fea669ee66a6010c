import type { Clock } from "@commops/core/ports";
import { LimitedProblem } from "./errors.ts";

export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

export interface Limiter {
  /** Counts one for a key. Throws LimitedProblem when the window's limit is used up. */
  take(key: string): Allowance;
  /** Takes one back: an attempt that turned out to be good. */
  giveBack(key: string): void;
}

/** Counts per key in windows of a fixed length. It holds the keys of one window only, so that it cannot grow without end. */
export const windowLimiter = (
  clock: Clock,
  options: { readonly limit: number; readonly windowMs: number; readonly what: string },
): Limiter => {
  const { limit, windowMs, what } = options;
  let started = 0;
  let counts = new Map<string, number>();
  return {
    take: (key) => {
      const now = clock.now().getTime();
      const window = now - (now % windowMs);
      if (window !== started) {
        started = window;
        counts = new Map();
      }
      const reset = Math.max(1, Math.ceil((window + windowMs - now) / 1000));
      const count = (counts.get(key) ?? 0) + 1;
      if (count > limit)
        throw new LimitedProblem(`${what}: ${limit} are allowed. Try again in ${reset} seconds.`, reset, limit);
      counts.set(key, count);
      return { limit, remaining: limit - count, reset };
    },
    giveBack: (key) => {
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count - 1);
    },
  };
};
