import { rateCharges } from "../src/rating/charge.ts";
import type { ChargeInput, RateInput } from "../src/rating/rate-input.ts";
import type { RatedInvoice } from "../src/rating/rated-invoice.ts";

/** A line of one amount. */
export const flat = (id: string, amount: string, over: Partial<ChargeInput> = {}): ChargeInput => ({
  id,
  lineType: "base",
  title: id,
  price: { model: "flat", amount },
  ...over,
});
/** A line of a quantity at one price. */
export const usage = (
  id: string,
  quantity: string,
  unitPrice: string,
  over: Partial<ChargeInput> = {},
): ChargeInput => ({
  id,
  lineType: "usage",
  title: id,
  quantity,
  price: { model: "per_unit", unit_price: unitPrice },
  ...over,
});
/** Rates charges in US dollars. */
export const rate = (lines: readonly ChargeInput[], over: Partial<RateInput> = {}): RatedInvoice =>
  rateCharges({ currency: "USD", lines, ...over });
