/** Reproducible pseudo-random numbers: the same seed gives the same stream on every machine (xorshift, 32 bits). */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
  /** True about `percent` times in a hundred. */
  chance(percent: number): boolean;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
}

const WORD = 4_294_967_296;

/** Starts a stream. Any whole number is a seed. */
export const randomFrom = (seed: number): Random => {
  let state = (Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ 0x6d2b79f5) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const below = (bound: number): number => Math.floor((next() / WORD) * bound);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: (values) => values[below(values.length)] ?? values[0],
    chance: (percent) => below(100) < percent,
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(""),
  };
};
