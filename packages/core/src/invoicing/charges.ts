import { aggregationOf, type PlanCharge, unitOf } from "../catalog/index.ts";
import { type ChargeInput, type Commitment, type LineType, seatLine } from "../rating/index.ts";
import { exact, isPositive, toText } from "../money/index.ts";
import type { Period } from "../time/index.ts";
import type { DraftSegment } from "./draft-source.ts";

/** A charge of one segment before it is rated: what is charged, and whose cost it can carry. */
export interface SegmentCharge {
  /** Unique in the invoice: "1/egress" is the SKU egress in the first segment. */
  readonly id: string;
  /** Position of the segment, from 1. */
  readonly segment: number;
  readonly skuCode: string;
  readonly skuFamily: string;
  readonly metricCode: string | null;
  /** Services or categories whose allocated cost the price is taken of, an empty list for all; null where it is on none. */
  readonly costOf: readonly string[] | null;
  readonly input: ChargeInput & { readonly quantity: string; readonly includedQuantity: string };
}

const BASE_SKU = "base";
const SEAT_SKU = "seats";
export const MINIMUM_SKU = "minimum-commitment";
/** Revenue families of what every plan has. */
const FAMILY = { [BASE_SKU]: "subscription", [SEAT_SKU]: "seats" } as const;
export const MINIMUM_FAMILY = "commitment";

interface Place {
  readonly segment: DraftSegment;
  readonly number: number;
  readonly cycle: Period;
}

const spans = ({ segment, cycle }: Place) => ({
  cycle: { start: cycle.start, end: cycle.end },
  service: { start: segment.start, end: segment.end },
});

/** Segments that charge the same recurring amount are parts of one price: together they come to it, to the cent. */
const seriesOf = (skuCode: string, ...amounts: readonly string[]): string =>
  [skuCode, ...amounts.map((amount) => toText(exact(amount)))].join("/");

const baseCharge = (place: Place): SegmentCharge => {
  const { plan } = place.segment.published;
  const id = `${place.number}/${BASE_SKU}`;
  return {
    id,
    segment: place.number,
    skuCode: BASE_SKU,
    skuFamily: FAMILY[BASE_SKU],
    metricCode: null,
    costOf: null,
    input: {
      id,
      lineType: "base",
      title: `Plan ${plan.plan_code}, version ${plan.version}`,
      skuCode: BASE_SKU,
      unit: "cycle",
      price: { model: "flat", amount: plan.base_price_usd },
      series: seriesOf(BASE_SKU, plan.base_price_usd),
      quantity: "1",
      includedQuantity: "0",
      ...spans(place),
    },
  };
};

/** Seats beyond the base seats, at the peak of the segment; no line without overage. */
const seatCharge = (place: Place): SegmentCharge[] => {
  const { plan } = place.segment.published;
  const id = `${place.number}/${SEAT_SKU}`;
  const line = seatLine({
    id,
    title: "Seats",
    peakUsers: place.segment.seats,
    baseSeats: plan.base_seats,
    seatPrice: plan.seat_price_usd,
    ...spans(place),
  });
  if (!line || !isPositive(exact(plan.seat_price_usd))) return [];
  const quantity = line.quantity ?? "0";
  return [
    {
      id,
      segment: place.number,
      skuCode: SEAT_SKU,
      skuFamily: FAMILY[SEAT_SKU],
      metricCode: "active_users",
      costOf: null,
      input: {
        ...line,
        skuCode: SEAT_SKU,
        quantity,
        includedQuantity: "0",
        series: seriesOf(SEAT_SKU, plan.seat_price_usd, quantity),
      },
    },
  ];
};

const lineTypeOf = (charge: PlanCharge): LineType => {
  if (charge.price.model === "cost_plus") return "cost_plus";
  return charge.metric_code === null ? "base" : "usage";
};

const planCharge = (place: Place, charge: PlanCharge): SegmentCharge => {
  const id = `${place.number}/sku/${charge.sku_code}`;
  const metric = charge.metric_code;
  const used = place.segment.usage.find((usage) => usage.metricCode === metric)?.value ?? "0";
  return {
    id,
    segment: place.number,
    skuCode: charge.sku_code,
    skuFamily: charge.sku_family ?? charge.sku_code,
    metricCode: metric,
    costOf: charge.price.model === "cost_plus" ? charge.cost_of : null,
    input: {
      id,
      lineType: lineTypeOf(charge),
      title: charge.title,
      skuCode: charge.sku_code,
      metricCode: metric,
      unit: metric === null ? "cycle" : unitOf(metric),
      price: charge.price,
      quantity: metric === null ? "1" : used,
      includedQuantity: charge.included_quantity,
      ...(charge.price.model === "flat"
        ? { series: seriesOf(id.slice(id.indexOf("/") + 1), charge.price.amount) }
        : {}),
      ...(metric === null ? {} : { aggregation: aggregationOf(metric) }),
      ...spans(place),
    },
  };
};

/** Every charge of a segment: the plan's base price, seats, then its SKUs in the plan's order. */
export const chargesOf = (segment: DraftSegment, number: number, cycle: Period): SegmentCharge[] => {
  const place = { segment, number, cycle };
  const skus = segment.published.plan.charges.map((charge) => planCharge(place, charge));
  return [baseCharge(place), ...seatCharge(place), ...skus];
};

/** The least that the metered lines of a segment come to, where its plan has such a commitment. */
export const commitmentOf = (
  segment: DraftSegment,
  number: number,
  cycle: Period,
  charges: readonly SegmentCharge[],
): Commitment[] => {
  const amount = segment.published.plan.minimum_commitment_usd;
  if (!isPositive(exact(amount))) return [];
  const metered = charges.filter(
    (charge) => charge.segment === number && charge.input.lineType !== "base" && charge.input.lineType !== "seat",
  );
  return [
    {
      id: `${number}/${MINIMUM_SKU}`,
      title: "Minimum commitment",
      amount,
      lineIds: metered.map((charge) => charge.id),
      ...spans({ segment, number, cycle }),
    },
  ];
};
