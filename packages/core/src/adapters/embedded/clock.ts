import { randomBytes } from "node:crypto";
import type { Clock } from "../../ports/index.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** Time as ten base-32 digits, then sixteen random ones: sorts by time, needs no coordination. */
const identifier = (instant: number): string => {
  let time = instant;
  let text = "";
  for (let index = 0; index < TIME_CHARS; index += 1) {
    text = (ALPHABET[time % 32] ?? "0") + text;
    time = Math.floor(time / 32);
  }
  for (const byte of randomBytes(RANDOM_CHARS)) text += ALPHABET[byte % 32] ?? "0";
  return text;
};

/** Ids of one process never fall, also where the clock is set back: what came last is found by the greatest id. */
export const risingIds = (now: () => number): (() => string) => {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const time = now();
    last = time < last ? last + 1 : time;
    return identifier(last);
  };
};

export const systemClock: Clock = { now: () => new Date(), id: risingIds(Date.now) };
