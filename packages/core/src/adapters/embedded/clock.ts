import { randomBytes } from "node:crypto";
import type { Clock } from "../../ports/index.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** Time as ten base-32 digits, then sixteen random ones: sorts by time, needs no coordination. */
const identifier = (instant: Date): string => {
  let time = instant.getTime();
  let text = "";
  for (let index = 0; index < TIME_CHARS; index += 1) {
    text = (ALPHABET[time % 32] ?? "0") + text;
    time = Math.floor(time / 32);
  }
  for (const byte of randomBytes(RANDOM_CHARS)) text += ALPHABET[byte % 32] ?? "0";
  return text;
};

export const systemClock: Clock = { now: () => new Date(), id: () => identifier(new Date()) };
