import { rateCharges } from "../rating/index.ts";
import { type Currency, type Money, moneyText, noMoney, parseMoney, subtractMoney, sumMoney } from "../money/index.ts";
import type { DraftDocument, DraftLine } from "./draft-document.ts";

/** How one SKU's charge moved: change = usage effect + price effect, or all of it where the SKU is new or gone. Decimal text. */
export type LineChange = {
  readonly sku_code: string;
  readonly line_type: string;
  readonly title: string;
  readonly state: "same" | "changed" | "new" | "gone";
  readonly previous: string;
  readonly current: string;
  readonly change: string;
  /** What this period's quantities, days and costs would have changed under the terms of the period before. */
  readonly usage_effect: string;
  /** What the change of terms made of it. */
  readonly price_effect: string;
};

/** A draft against the invoice of the period before: line changes + tax change - discount change = change, exactly. */
export type Comparison = {
  readonly previous_invoice_id: string | null;
  readonly previous_total: string;
  readonly total: string;
  readonly change: string;
  readonly lines: readonly LineChange[];
  readonly discount_change: string;
  readonly tax_change: string;
};

const keyOf = (line: DraftLine): string => `${line.line_type}/${line.sku_code}`;

const amountsOf = (lines: readonly DraftLine[], currency: Currency): Money =>
  sumMoney(
    currency,
    lines.map((line) => parseMoney(line.amount, currency)),
  );

/** A line's own quantity, days and cost at the terms of another line; undefined where either was not rated from terms. */
const atTermsOf = (line: DraftLine, terms: DraftLine, currency: Currency): Money | undefined => {
  if (!line.charge || !terms.charge) return undefined;
  const rated = rateCharges({
    currency,
    lines: [
      {
        id: line.id,
        lineType: "usage",
        title: line.title,
        price: terms.charge.price,
        quantity: line.charge.quantity,
        includedQuantity: terms.charge.included_quantity,
        aggregation: terms.charge.aggregation,
        cycle: line.charge.cycle,
        service: line.service,
        cost: line.charge.cost ?? "0",
      },
    ],
  });
  return parseMoney(rated.gross, currency);
};

const lineChange = (
  current: readonly DraftLine[],
  previous: readonly DraftLine[],
  currency: Currency,
): LineChange | undefined => {
  const shown = current[0] ?? previous[0];
  if (!shown) return undefined;
  const [now, before] = [amountsOf(current, currency), amountsOf(previous, currency)];
  const change = subtractMoney(now, before);
  const terms = previous.at(-1);
  const isBoth = current.length > 0 && terms !== undefined;
  const atOldTerms = isBoth
    ? sumMoney(
        currency,
        current.map((line) => atTermsOf(line, terms, currency) ?? parseMoney(line.amount, currency)),
      )
    : before;
  const usage = subtractMoney(atOldTerms, before);
  const price = isBoth ? subtractMoney(now, atOldTerms) : noMoney(currency);
  return {
    sku_code: shown.sku_code,
    line_type: shown.line_type,
    title: shown.title,
    state: isBoth ? (change.minor === 0n ? "same" : "changed") : current.length > 0 ? "new" : "gone",
    previous: moneyText(before),
    current: moneyText(now),
    change: moneyText(change),
    usage_effect: moneyText(usage),
    price_effect: moneyText(price),
  };
};

const differenceOf = (current: string, previous: string, currency: Currency): string =>
  moneyText(subtractMoney(parseMoney(current, currency), parseMoney(previous, currency)));

/**
 * What changed against the period before, SKU by SKU, and why. Without an invoice to compare with (or one in another currency)
 * every line is new.
 */
export const compareWithPrevious = (
  document: DraftDocument,
  previous: { readonly invoiceId: string; readonly document: DraftDocument } | undefined,
): Comparison => {
  const { currency } = document;
  const before = previous?.document.currency === currency ? previous : undefined;
  const current = Map.groupBy(document.lines, keyOf);
  const earlier = Map.groupBy(before?.document.lines ?? [], keyOf);
  const keys = [...new Set([...current.keys(), ...earlier.keys()])];
  const zero = moneyText(noMoney(currency));
  const old = before?.document ?? { total: zero, discount: zero, tax: zero };
  return {
    previous_invoice_id: before?.invoiceId ?? null,
    previous_total: old.total,
    total: document.total,
    change: differenceOf(document.total, old.total, currency),
    lines: keys.flatMap((key) => lineChange(current.get(key) ?? [], earlier.get(key) ?? [], currency) ?? []),
    discount_change: differenceOf(document.discount, old.discount, currency),
    tax_change: differenceOf(document.tax, old.tax, currency),
  };
};
