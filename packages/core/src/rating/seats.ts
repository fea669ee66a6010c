import { exact, isPositive, larger, subtract, toText, ZERO } from "../money/index.ts";
import type { Period } from "../time/index.ts";
import type { ChargeInput } from "./rate-input.ts";

export interface SeatUse {
  readonly id: string;
  readonly title: string;
  /** The most users assigned on any day of the segment. */
  readonly peakUsers: number;
  readonly baseSeats: number;
  /** Price of a seat for a whole cycle, in major units. */
  readonly seatPrice: string;
  readonly cycle: Period;
  readonly service: Period;
}

/** The seat line of a segment: peak of assigned users beyond the base seats x seat price x factor; undefined without overage. */
export const seatLine = (use: SeatUse): ChargeInput | undefined => {
  const overage = larger(ZERO, subtract(exact(use.peakUsers), exact(use.baseSeats)));
  if (!isPositive(overage)) return undefined;
  return {
    id: use.id,
    lineType: "seat",
    title: use.title,
    metricCode: "active_users",
    unit: "seat",
    price: { model: "per_unit", unit_price: use.seatPrice },
    quantity: toText(overage),
    aggregation: "peak",
    cycle: use.cycle,
    service: use.service,
  };
};
