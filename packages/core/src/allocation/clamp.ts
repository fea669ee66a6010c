import { type Exact, fraction, isZero } from "../money/index.ts";

interface Weight {
  readonly id: string;
  readonly weight: Exact;
}

/** Whole-number weights in proportion to the shares of the pool; `left` is what nobody could take. */
export interface ClampedWeights {
  readonly weights: readonly { readonly id: string; readonly weight: bigint }[];
  readonly left: bigint;
  /** The floor did not fit so many tenants and was lowered to an even share. */
  readonly isFloorLowered: boolean;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
const lcm = (a: bigint, b: bigint): bigint => (a / gcd(a, b)) * b;

const wholeWeights = (weights: readonly Weight[]): { id: string; weight: bigint }[] => {
  const scale = weights.reduce((common, { weight }) => lcm(common, weight.d), 1n);
  return weights.map(({ id, weight }) => ({ id, weight: weight.n * (scale / weight.d) }));
};

interface Bounds {
  readonly floor: bigint;
  readonly cap: bigint;
  /** The pool, in the unit of floor and cap. */
  readonly whole: bigint;
}

const boundsOf = (count: bigint, floor: Exact | null, cap: Exact | null): Bounds & { isFloorLowered: boolean } => {
  const isFloorLowered = floor !== null && floor.n * count > floor.d;
  const low = isFloorLowered ? fraction(1n, count) : (floor ?? fraction(0n));
  const high = cap ?? fraction(1n);
  const whole = lcm(low.d, high.d);
  return { floor: low.n * (whole / low.d), cap: high.n * (whole / high.d), whole, isFloorLowered };
};

type Whole = { readonly id: string; readonly weight: bigint };

/**
 * One round: shares the rest over the free weights and says which of them stay at a bound. When floors ask for more than caps
 * give back, the floors hold, else the caps; where they balance, both (the rule by which CSS resolves flexible lengths).
 */
const settle = (free: readonly Whole[], rest: bigint, bounds: Bounds): Map<string, bigint> => {
  const sum = free.reduce((total, { weight }) => total + weight, 0n);
  const low = free.filter(({ weight }) => rest * weight < bounds.floor * sum);
  const high = free.filter(({ weight }) => rest * weight > bounds.cap * sum);
  const missing = low.reduce((total, { weight }) => total + bounds.floor * sum - rest * weight, 0n);
  const over = high.reduce((total, { weight }) => total + rest * weight - bounds.cap * sum, 0n);
  const settled = new Map<string, bigint>();
  if (missing >= over) for (const { id } of low) settled.set(id, bounds.floor);
  if (over >= missing) for (const { id } of high) settled.set(id, bounds.cap);
  return settled;
};

/**
 * Normalises weights to shares of a pool, clamps them to floor and cap (shares of the pool), and shares what that frees or takes
 * over the others until nothing changes. Weights are above zero; with none the whole pool is left. Ends after at most as many
 * rounds as there are weights.
 */
export const clampWeights = (weights: readonly Weight[], floor: Exact | null, cap: Exact | null): ClampedWeights => {
  const all = wholeWeights(weights.filter(({ weight }) => !isZero(weight)));
  if (all.length === 0) return { weights: [], left: 1n, isFloorLowered: false };
  const { isFloorLowered, ...bounds } = boundsOf(BigInt(all.length), floor, cap);
  const fixed = new Map<string, bigint>();
  let free: readonly Whole[] = all;
  let rest = bounds.whole;
  while (free.length > 0) {
    const settled = settle(free, rest, bounds);
    if (settled.size === 0) break;
    for (const [id, amount] of settled) {
      fixed.set(id, amount);
      rest -= amount;
    }
    free = free.filter(({ id }) => !settled.has(id));
  }
  const freeSum = free.reduce((total, { weight }) => total + weight, 0n);
  const scale = free.length === 0 ? 1n : freeSum;
  const result = all.map(({ id, weight }) => {
    const amount = fixed.get(id);
    return { id, weight: amount === undefined ? rest * weight : amount * scale };
  });
  return { weights: result, left: free.length === 0 ? rest : 0n, isFloorLowered };
};
