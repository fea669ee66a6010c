import { precondition, unreachable } from "../kernel/index.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import { type LineType, rateCharges, type RatedLine } from "../rating/index.ts";
import { day, type Period } from "../time/index.ts";
import { type Adjustment, adjustmentId, type RestatementRef } from "./adjustment-line.ts";
import { adjustmentCharge, adjustmentLine } from "./adjustment-draft.ts";
import { type CarriedCost, carryCosts } from "./carry-cost.ts";
import { chargesOf, commitmentOf, MINIMUM_FAMILY, MINIMUM_SKU, type SegmentCharge } from "./charges.ts";
import {
  type DraftCharge,
  type DraftDocument,
  type DraftInputs,
  type DraftLine,
  documentDigest,
  type InvoiceLineType,
} from "./draft-document.ts";
import type { DraftSource } from "./draft-source.ts";
import { taxInputs, withCarriers } from "./line-taxes.ts";
import { buyerOf, sellerOf } from "./parties.ts";

/** Days from issue to due. */
export const PAYMENT_TERM_DAYS = 30;

export interface DraftPlan {
  readonly document: DraftDocument;
  readonly digest: string;
}

const LINE_TYPES: Readonly<Record<LineType, InvoiceLineType>> = {
  base: "subscription",
  usage: "usage",
  seat: "seat",
  topup: "topup",
  one_off: "one_off",
  cost_plus: "allocation",
  credit: "credit",
  adjustment: "adjustment",
  minimum: "minimum",
};

/** The one currency of the segments' plans. Only USD can be billed: there is no exchange rate to fix for another one. */
const currencyOf = (source: DraftSource): "USD" => {
  for (const { published } of source.segments)
    if (published.plan.currency !== "USD")
      throw precondition(
        `plan ${published.plan.plan_code} version ${published.plan.version} is priced in ${published.plan.currency}, and there is no exchange rate from ${published.plan.currency} to USD. Bind ${source.tenant.tenantId} to a plan in USD.`,
      );
  if (source.allocation.currency !== "USD")
    throw precondition(
      `the cost of ${source.period.start} to ${source.period.end} is in ${source.allocation.currency}, and there is no exchange rate to USD. Allocate a delivery in USD.`,
    );
  return "USD";
};

const isCostPlus = (charge: SegmentCharge): boolean => charge.costOf !== null;

const termsOf = (charge: SegmentCharge, carried: CarriedCost | undefined, cycle: Period): DraftCharge => ({
  price: charge.input.price,
  quantity: charge.input.quantity,
  included_quantity: charge.input.includedQuantity,
  aggregation: charge.input.aggregation ?? "sum",
  cycle: { start: cycle.start, end: cycle.end },
  cost: isCostPlus(charge) ? (carried?.cost ?? "0") : null,
});

interface LineContext {
  readonly charges: ReadonlyMap<string, SegmentCharge>;
  readonly carried: ReadonlyMap<string, CarriedCost>;
  readonly cycle: Period;
}

const lineOf = (rated: RatedLine, index: number, context: LineContext): DraftLine => {
  const charge = context.charges.get(rated.id);
  const carried = context.carried.get(rated.id);
  const service = rated.servicePeriod ?? unreachable(`line ${rated.id} has no service period`);
  return {
    line_no: index + 1,
    id: rated.id,
    line_type: LINE_TYPES[rated.lineType],
    sku_code: charge?.skuCode ?? MINIMUM_SKU,
    sku_family: charge?.skuFamily ?? MINIMUM_FAMILY,
    metric_code: rated.metricCode,
    title: rated.title,
    quantity: rated.quantity,
    unit: rated.unit ?? "cycle",
    unit_price: rated.unitPrice,
    amount: rated.amount,
    amount_exact: rated.amountExact,
    discount: rated.discount,
    cost: toText(exact(carried?.cost ?? "0")),
    service: { start: day(service.start), end: day(service.end) },
    steps: rated.steps,
    charge: charge ? termsOf(charge, carried, context.cycle) : null,
    allocation_ids: carried?.allocationIds ?? [],
  };
};

/** The restatements behind the adjustments, each once. */
const restatementsOf = (adjustments: readonly Adjustment[]): readonly RestatementRef[] => {
  const refs = adjustments.map(({ line: _line, billed: _billed, ...ref }): RestatementRef => ref);
  return [...new Map(refs.map((ref) => [`${ref.restatement_id}/${ref.invoice_id}`, ref])).values()];
};

const inputsOf = (source: DraftSource): DraftInputs => ({
  usage: {
    digest: source.usageDigest,
    values: source.segments.flatMap((segment) =>
      segment.usage.map((usage) => ({
        metric_code: usage.metricCode,
        start: segment.start,
        end: segment.end,
        value: usage.value,
        days: usage.days,
      })),
    ),
  },
  allocation: {
    run_id: source.allocation.runId,
    digest: source.allocation.digest,
    basis: source.allocation.basis,
    cost: toText(sumExact(source.costs.map((row) => exact(row.cost)))),
  },
  deliveries: source.allocation.deliveries.map(({ delivery_id, digest }) => ({ delivery_id, digest })),
  delivery_digest: source.allocation.deliveryDigest,
  ...(source.adjustments.length > 0 ? { adjustments: restatementsOf(source.adjustments) } : {}),
});

const rate = (source: DraftSource) => {
  const { period: cycle, segments } = source;
  const charges = segments.flatMap((segment, index) => chargesOf(segment, index + 1, cycle));
  const carried = carryCosts(source.costs, charges, segments);
  const rated = rateCharges({
    currency: currencyOf(source),
    lines: [
      ...charges.map((charge) => ({ ...charge.input, cost: carried.get(charge.id)?.cost ?? "0" })),
      ...source.adjustments.map(adjustmentCharge),
    ],
    commitments: segments.flatMap((segment, index) => commitmentOf(segment, index + 1, cycle, charges)),
    taxes: taxInputs(source, charges.length > 0),
  });
  const context = { charges: new Map(charges.map((charge) => [charge.id, charge])), carried, cycle };
  const adjusting = new Map(source.adjustments.map((adjustment) => [adjustmentId(adjustment), adjustment]));
  const lines = rated.lines.map((line, index) => {
    const adjustment = adjusting.get(line.id);
    return adjustment ? adjustmentLine(line, index + 1, adjustment) : lineOf(line, index, context);
  });
  return { rated, lines };
};

/**
 * The invoice of a tenant and period as plain data, with the digest that an approval carries. Nothing but the source is looked
 * at: the same source gives the same digest. Throws a precondition Problem where the tenant had no plan or the currency no rate.
 */
export const draftInvoice = (source: DraftSource): DraftPlan => {
  const { tenant, period } = source;
  if (source.segments.length === 0 && source.kind !== "adjustment")
    throw precondition(
      `tenant ${tenant.tenantId} had no plan between ${period.start} and ${period.end}. Bind a plan that covers days of the period.`,
    );
  const { rated, lines } = rate(source);
  const document: DraftDocument = {
    schema: 1,
    kind: source.kind,
    tenant_id: tenant.tenantId,
    period: { start: period.start, end: period.end },
    currency: "USD",
    seller: sellerOf(source.entity),
    buyer: buyerOf(tenant),
    dates: { tax_point: period.end, payment_term_days: PAYMENT_TERM_DAYS },
    plans: source.segments.map(({ published, start, end }) => ({
      plan_code: published.plan.plan_code,
      version: published.plan.version,
      digest: published.digest,
      start,
      end,
    })),
    lines,
    discounts: rated.discounts.map(({ name, percent, amount }) => ({ name, percent, amount })),
    taxes: withCarriers(
      rated.taxes.map((tax) => ({
        name: tax.name,
        jurisdiction: tax.jurisdiction,
        category: tax.category,
        rate_percent: tax.ratePercent,
        base: tax.base,
        amount: tax.amount,
      })),
      lines,
      tenant.taxProfile.taxes,
    ),
    gross: rated.gross,
    discount: rated.discount,
    subtotal: rated.subtotal,
    tax: rated.tax,
    total: rated.total,
    inputs: inputsOf(source),
  };
  return { document, digest: documentDigest(document) };
};
