import { compare, divide, type Exact, exact, isNegative, isPositive, multiply, negate } from "../money/index.ts";

/** From where on a difference that a later delivery makes is billed; below, the operator bears it. */
export interface RestatementPolicy {
  readonly version: number;
  /** In percent of what was billed for the lines that differ; does not count where nothing was. */
  readonly percent: string;
  /** In US dollars: nobody is sent a correction of less. */
  readonly least: string;
}

/** The versions there were, oldest first; a restatement names the one that it was made with. */
const VERSIONS: readonly [RestatementPolicy, ...RestatementPolicy[]] = [{ version: 1, percent: "0.5", least: "1" }];

export const RESTATEMENT_POLICY: RestatementPolicy = VERSIONS.at(-1) ?? VERSIONS[0];

/** Whether a difference is large enough to be billed: at least the least amount, and more than the percentage of the base. */
export const isMaterial = (difference: Exact, base: Exact, policy: RestatementPolicy): boolean => {
  const size = isNegative(difference) ? negate(difference) : difference;
  if (compare(size, exact(policy.least)) < 0) return false;
  return !isPositive(base) || compare(multiply(divide(size, base), exact(100)), exact(policy.percent)) > 0;
};
