import type { Catcher, Retrier } from "./definition.ts";
import { type Failure, RUNTIME_ERROR, TIMEOUT } from "./failure.ts";
import type { Random } from "./random.ts";

const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_ATTEMPTS = 3;
const DEFAULT_BACKOFF_RATE = 2;

/** Nothing catches States.Runtime; States.TaskFailed stands for every error but a timeout, States.ALL for every error. */
const matches = (names: readonly string[], failure: Failure): boolean =>
  failure.error !== RUNTIME_ERROR &&
  names.some(
    (name) =>
      name === "States.ALL" ||
      name === failure.error ||
      name === failure.alias ||
      (name === "States.TaskFailed" && failure.error !== TIMEOUT),
  );

const indexFor = (rules: readonly (Retrier | Catcher)[] | undefined, failure: Failure): number =>
  (rules ?? []).findIndex((rule) => matches(rule.ErrorEquals, failure));

/** The place of the first Retry that matches a failure, -1 where none does. */
export const retrierFor = (retriers: readonly Retrier[] | undefined, failure: Failure): number =>
  indexFor(retriers, failure);

/** The place of the first Catch that matches a failure, -1 where none does. */
export const catcherFor = (catchers: readonly Catcher[] | undefined, failure: Failure): number =>
  indexFor(catchers, failure);

/** Seconds until the next attempt before jitter, after a number of retries by this rule; undefined where it allows no more. */
export const backoffSeconds = (retrier: Retrier, retries: number): number | undefined => {
  if (retries >= (retrier.MaxAttempts ?? DEFAULT_ATTEMPTS)) return undefined;
  const interval = retrier.IntervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  const seconds = interval * (retrier.BackoffRate ?? DEFAULT_BACKOFF_RATE) ** retries;
  return Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity);
};

/** With full jitter a wait is anything from nothing to the backoff. */
export const jittered = (retrier: Retrier, seconds: number, random: Random): number =>
  retrier.JitterStrategy === "FULL" ? seconds * random.number() : seconds;
