import { type Exact, fraction, ONE, ZERO } from "../money/index.ts";
import { daysIn, overlap, type Period } from "../time/index.ts";

/**
 * Days of service that lie in the cycle / days of the cycle: 1 where either is left out, 0 where they do not meet.
 * Flat amounts, slab bounds and fees, included quantities, minimum and maximum scale by it; usage never does.
 */
export const segmentFactor = (service: Period | undefined, cycle: Period | undefined): Exact => {
  if (!service || !cycle) return ONE;
  const common = overlap(service, cycle);
  return common ? fraction(daysIn(common), daysIn(cycle)) : ZERO;
};
