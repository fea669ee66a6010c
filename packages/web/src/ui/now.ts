import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;

const everyMinute = (tick: () => void): (() => void) => {
  const timer = setInterval(tick, MINUTE_MS);
  return () => clearInterval(timer);
};

const thisMinute = (): number => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

/** The time to the minute; what shows it follows the clock. */
export const useNow = (): Date => new Date(useSyncExternalStore(everyMinute, thisMinute));
