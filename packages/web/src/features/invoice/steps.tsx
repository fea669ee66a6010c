import { compare, displayNumber, exact, isZero, sumExact, toText } from "@commops/core/money";
import type { Answer } from "../../api.ts";
import { roundedAmount } from "../../ui/amount.tsx";
import { fieldsOf, listOf, textOf } from "../plain-data.ts";

type Line = Answer<"GET /invoices/{invoice_id}/lines">["lines"][number];

/** A step of a rated line; decimal text. */
interface Step {
  readonly key: string;
  readonly text: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly flatFee: string;
  readonly amount: string;
}

/** The steps that add up to a line, as they are stored with it. */
export const stepsOf = (line: Line): readonly Step[] =>
  listOf(line.steps).map((stored, index) => {
    const fields = fieldsOf(stored);
    const decimal = (name: string): string => textOf(fields[name]) ?? "0";
    return {
      key: `${index + 1}`,
      text: textOf(fields["text"]) ?? "",
      quantity: decimal("quantity"),
      unitPrice: decimal("unit_price"),
      flatFee: decimal("flat_fee"),
      amount: decimal("amount"),
    };
  });

/** Decimals of a quantity on the sheet; the evidence shows all of them. */
const SHOWN_DECIMALS = 4;

/** Whether the steps count the line's own units: packages, and what is left after included units, are counted otherwise. */
const countsUnits = (line: Line): boolean =>
  line.metric_code !== null &&
  compare(sumExact(stepsOf(line).map((step) => exact(step.quantity))), exact(line.quantity_exact)) === 0;

/** The formula of a step in words: "380 GB × 0.62". */
export const formulaOf = (step: Step, line: Line, decimals = 12): string => {
  const unit = countsUnits(line) ? ` ${line.unit}` : "";
  const quantity = displayNumber(toText(exact(step.quantity), decimals));
  const used = isZero(exact(step.quantity)) ? "" : `${quantity}${unit} × ${displayNumber(step.unitPrice, 2)}`;
  const fee = isZero(exact(step.flatFee)) ? "" : displayNumber(step.flatFee, 2);
  return [used, fee].filter(Boolean).join(" + ");
};

/** One row a slab: what fell into it, at which price. */
export const Steps = ({ line, currency }: { readonly line: Line; readonly currency: string }) => (
  <ul className="mt-1 space-y-0.5 text-xs text-muted">
    {stepsOf(line).map((step) => {
      const formula = formulaOf(step, line, SHOWN_DECIMALS);
      return (
        <li key={step.key} className="flex flex-wrap justify-between gap-x-4">
          <span>
            {step.text}
            {formula !== "" && <span className="figures ml-2">{formula}</span>}
          </span>
          <span className="figures">{roundedAmount(step.amount, currency)}</span>
        </li>
      );
    })}
  </ul>
);
