import { unreachable } from "../kernel/index.ts";
import { exact, fraction, SCALE, scaled, splitByWeight, unscaled } from "../money/index.ts";
import { daysIn, type Period } from "../time/index.ts";
import type { SegmentCharge } from "./charges.ts";
import type { AllocatedCost } from "./draft-source.ts";

/** What a charge carries of the tenant's allocated cost. */
export interface CarriedCost {
  /** Decimal text with 12 decimals. */
  readonly cost: string;
  readonly allocationIds: readonly string[];
}

/** The metrics of a key, "runner_hours*0.6+data_ingestion_gb*0.4", in its order. */
const metricsOf = (keyMetric: string | null): string[] =>
  keyMetric === null ? [] : keyMetric.split("+").map((part) => part.split("*")[0]?.trim() ?? "");

const isMeant = (costOf: readonly string[] | null, row: AllocatedCost): boolean =>
  costOf !== null && (costOf.length === 0 || costOf.includes(row.service) || costOf.includes(row.category));

/**
 * Which charge of a segment carries a cost: the first cost_plus charge that names it (a cost is charged once), else the first
 * charge on the metric that it was shared by, else the plan's base price.
 */
const carrierOf = (row: AllocatedCost, charges: readonly SegmentCharge[]): SegmentCharge => {
  const named = charges.find((charge) => isMeant(charge.costOf, row));
  if (named) return named;
  const metrics = metricsOf(row.keyMetric);
  const metered = metrics.flatMap((metric) =>
    charges.filter((charge) => charge.metricCode === metric && charge.costOf === null),
  );
  return metered[0] ?? charges[0] ?? unreachable("a segment has no charge, not even its plan's base price");
};

/** Splits the cost of a period over its segments by their days; 12 decimals, the parts add up exactly. */
const overSegments = (cost: string, segments: readonly Period[]): Map<string, bigint> =>
  splitByWeight(
    scaled(exact(cost), SCALE),
    segments.map((segment, index) => ({ id: String(index + 1), weight: fraction(daysIn(segment)) })),
  );

/** Lays every allocated cost on exactly one charge of each segment: what the charges carry adds up to the tenant's cost. */
export const carryCosts = (
  rows: readonly AllocatedCost[],
  charges: readonly SegmentCharge[],
  segments: readonly Period[],
): ReadonlyMap<string, CarriedCost> => {
  const carried = new Map(charges.map((charge) => [charge.id, { units: 0n, ids: [] as string[] }]));
  for (const row of rows)
    for (const [segment, units] of overSegments(row.cost, segments)) {
      const carrier = carrierOf(
        row,
        charges.filter((charge) => String(charge.segment) === segment),
      );
      const entry = carried.get(carrier.id);
      if (!entry) return unreachable(`charge ${carrier.id} is not there`);
      entry.units += units;
      entry.ids.push(row.id);
    }
  return new Map(
    [...carried].map(([id, { units, ids }]) => [id, { cost: unscaled(units, SCALE), allocationIds: ids }]),
  );
};
