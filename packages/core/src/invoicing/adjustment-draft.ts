import { exact, negate, toText } from "../money/index.ts";
import type { ChargeInput, RatedLine, Step } from "../rating/index.ts";
import { adjustmentAmounts } from "./adjustment.ts";
import { type Adjustment, adjustmentId } from "./adjustment-line.ts";
import type { DraftLine } from "./draft-document.ts";

/** A correction as a charge: what is left of the restated amount once all that was billed is taken off. Discounts do not touch it. */
export const adjustmentCharge = (adjustment: Adjustment): ChargeInput => {
  const { line, period, invoice_id: invoiceId } = adjustment;
  const span = { start: line.service.start, end: line.service.end };
  return {
    id: adjustmentId(adjustment),
    lineType: "adjustment",
    title: `Correction of ${period}, ${invoiceId}: ${line.title}`,
    skuCode: line.sku_code,
    metricCode: line.metric_code,
    unit: "cycle",
    price: { model: "flat", amount: adjustmentAmounts(adjustment).amount },
    quantity: "1",
    cycle: span,
    service: span,
    isDiscountable: false,
  };
};

const stepOf = (text: string, amount: string): Step => ({
  text,
  from: null,
  to: null,
  quantity: "0",
  unit_price: "0",
  flat_fee: amount,
  amount,
});

const stepsOf = ({ line, billed }: Adjustment): Step[] => [
  stepOf("restated with the cost delivered since", line.amount),
  ...billed.map((part) =>
    stepOf(`less line ${part.line_no} of ${part.invoice_id}`, toText(negate(exact(part.amount)))),
  ),
];

/** A correction as a line of the invoice that bills it; it carries the difference in cost. */
export const adjustmentLine = (rated: RatedLine, lineNo: number, adjustment: Adjustment): DraftLine => {
  const { line } = adjustment;
  return {
    line_no: lineNo,
    id: rated.id,
    line_type: "adjustment",
    sku_code: line.sku_code,
    sku_family: line.sku_family,
    metric_code: rated.metricCode,
    title: rated.title,
    quantity: rated.quantity,
    unit: "cycle",
    unit_price: rated.unitPrice,
    amount: rated.amount,
    amount_exact: rated.amountExact,
    discount: rated.discount,
    cost: adjustmentAmounts(adjustment).cost,
    service: { start: line.service.start, end: line.service.end },
    steps: stepsOf(adjustment),
    charge: null,
    allocation_ids: line.allocation_ids,
    adjusts: adjustment,
  };
};
