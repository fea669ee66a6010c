import { add, exact, isZero, subtract, sumExact, toText, tryExact } from "@commops/core/money";
import { fieldsOf, listOf, textOf } from "./plain-data.ts";

const STATES = ["same", "changed", "new", "gone"] as const;

/** How one SKU's charge moved against the month before; decimal text. */
export interface LineMove {
  readonly key: string;
  readonly title: string;
  readonly state: (typeof STATES)[number];
  readonly previous: string;
  readonly current: string;
  readonly change: string;
  /** What usage did, what price did, what is new, what is gone: together the change. */
  readonly usage: string;
  readonly price: string;
  readonly added: string;
  readonly gone: string;
}

export interface Moves {
  readonly previousInvoice: string | undefined;
  readonly previousTotal: string;
  readonly total: string;
  readonly change: string;
  readonly lines: readonly LineMove[];
  readonly discountChange: string;
  readonly taxChange: string;
  readonly warnings: readonly string[];
  /** change - (lines - discounts + taxes): 0, or it is shown. */
  readonly residual: string;
}

const decimal = (value: unknown): string => {
  const text = textOf(value);
  return text !== undefined && tryExact(text) !== undefined ? text : "0";
};

const lineMove = (value: unknown): LineMove => {
  const line = fieldsOf(value);
  const state = STATES.find((one) => one === line["state"]) ?? "changed";
  const change = decimal(line["change"]);
  return {
    key: `${textOf(line["line_type"]) ?? ""}/${textOf(line["sku_code"]) ?? ""}`,
    title: textOf(line["title"]) ?? "",
    state,
    previous: decimal(line["previous"]),
    current: decimal(line["current"]),
    change,
    usage: decimal(line["usage_effect"]),
    price: decimal(line["price_effect"]),
    added: state === "new" ? change : "0",
    gone: state === "gone" ? change : "0",
  };
};

/** The sum of one effect over all lines. */
export const effectTotal = (
  lines: readonly LineMove[],
  effect: "usage" | "price" | "added" | "gone" | "change",
): string => toText(sumExact(lines.map((line) => exact(line[effect]))));

/** Reads what changed against the month before, and whether its parts add up to the change. */
export const readMoves = (comparison: unknown): Moves => {
  const fields = fieldsOf(comparison);
  const lines = listOf(fields["lines"]).map(lineMove);
  const [change, discountChange, taxChange] = [
    decimal(fields["change"]),
    decimal(fields["discount_change"]),
    decimal(fields["tax_change"]),
  ];
  const explained = add(subtract(exact(effectTotal(lines, "change")), exact(discountChange)), exact(taxChange));
  return {
    previousInvoice: textOf(fields["previous_invoice_id"]),
    previousTotal: decimal(fields["previous_total"]),
    total: decimal(fields["total"]),
    change,
    lines,
    discountChange,
    taxChange,
    warnings: listOf(fields["warnings"]).flatMap((warning) => textOf(warning) ?? []),
    residual: toText(subtract(exact(change), explained)),
  };
};

export const isNothing = (decimalText: string): boolean => isZero(exact(decimalText));
