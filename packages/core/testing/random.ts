/** Numbers that look random and are the same for the same seed, so that a failure can be repeated. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
}

/** Xorshift over 32 bits. */
export const randomOf = (seed: number): Random => {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return {
    below: (limit) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % Math.max(1, limit);
    },
  };
};
