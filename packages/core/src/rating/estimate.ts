import { invalid } from "../kernel/index.ts";
import {
  divide,
  exact,
  exactMoney,
  isCurrency,
  isZero,
  moneyText,
  multiply,
  parseMoney,
  subtractMoney,
  toText,
} from "../money/index.ts";
import { rateCharges } from "./charge.ts";
import { inputOf, underScenario } from "./estimate-input.ts";
import type { EstimateRequest } from "./estimate-request.ts";
import { within } from "./line.ts";
import type { RatedInvoice } from "./rated-invoice.ts";
import type { Step } from "./step.ts";

export type EstimateTotals = {
  readonly currency: string;
  readonly lines: readonly {
    readonly id: string;
    readonly title: string;
    readonly line_type: string;
    readonly quantity: string;
    readonly unit_price: string | null;
    readonly amount: string;
    readonly amount_exact: string;
    readonly steps: readonly Step[];
    readonly discount: string;
  }[];
  readonly gross: string;
  readonly discounts: readonly { readonly name: string; readonly percent: string | null; readonly amount: string }[];
  readonly discount: string;
  readonly subtotal: string;
  readonly taxes: readonly {
    readonly name: string;
    readonly jurisdiction: string | null;
    readonly category: string;
    readonly rate_percent: string;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly tax: string;
  readonly total: string;
  readonly tax_inclusive: boolean;
};

/** How much more (negative: less) a total is than what is paid today. */
export type Comparison = {
  readonly current_total: string;
  readonly difference: string;
  /** Of the current total; null where that is 0. */
  readonly difference_percent: string | null;
};

export type EstimateAnswer = EstimateTotals & {
  readonly comparison?: Comparison;
  readonly scenarios?: readonly (EstimateTotals & {
    readonly name: string;
    /** Against the request's own usage. */
    readonly difference: Comparison;
    readonly comparison?: Comparison;
  })[];
};

/** A rated invoice as the API writes it. */
export const estimateTotals = (rated: RatedInvoice): EstimateTotals => ({
  currency: rated.currency,
  lines: rated.lines.map((line) => ({
    id: line.id,
    title: line.title,
    line_type: line.lineType,
    quantity: line.quantity,
    unit_price: line.unitPrice,
    amount: line.amount,
    amount_exact: line.amountExact,
    steps: line.steps,
    discount: line.discount,
  })),
  gross: rated.gross,
  discounts: rated.discounts,
  discount: rated.discount,
  subtotal: rated.subtotal,
  taxes: rated.taxes.map(({ ratePercent, ...tax }) => ({ ...tax, rate_percent: ratePercent })),
  tax: rated.tax,
  total: rated.total,
  tax_inclusive: rated.isTaxInclusive,
});

/** Compares two rated totals of the same currency. */
export const compareTotals = (currentTotal: string, total: string, currency: string): Comparison => {
  if (!isCurrency(currency)) throw invalid("currency", `${JSON.stringify(currency)} is not an ISO 4217 currency`);
  const current = parseMoney(currentTotal, currency);
  const difference = subtractMoney(parseMoney(total, currency), current);
  const base = exactMoney(current);
  const percent = isZero(base) ? null : toText(multiply(divide(exactMoney(difference), base), exact(100)), 4);
  return { current_total: currentTotal, difference: moneyText(difference), difference_percent: percent };
};

/**
 * Estimates what lines with inline prices come to, without storing anything; with scenarios, each of them over the same
 * prices. Throws an invalid Problem naming the field.
 */
export const estimate = (request: EstimateRequest): EstimateAnswer => {
  const { currency, scenarios, current } = request;
  const asked = estimateTotals(rateCharges(inputOf(currency, request)));
  const today = current && within("current", () => rateCharges(inputOf(currency, current)).total);
  const comparison = (total: string) =>
    today === undefined ? {} : { comparison: compareTotals(today, total, currency) };
  return {
    ...asked,
    ...comparison(asked.total),
    ...(scenarios && {
      scenarios: scenarios.map((scenario, index) => {
        const lines = underScenario(request.lines, scenario, `scenarios.${index}`);
        const grown = inputOf(currency, { ...request, lines });
        const totals = within(`scenarios.${index}`, () => estimateTotals(rateCharges(grown)));
        return {
          name: scenario.name,
          ...totals,
          difference: compareTotals(asked.total, totals.total, currency),
          ...comparison(totals.total),
        };
      }),
    }),
  };
};
