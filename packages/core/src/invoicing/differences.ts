import type { Json } from "../kernel/index.ts";
import type { DraftDocument, DraftLine, DraftTax } from "./draft-document.ts";

/** The first place where what is stored and what was computed again differ. */
export interface Difference {
  /** The node of the tree, and the field. */
  readonly path: string;
  readonly stored: Json;
  readonly recomputed: Json;
}

/** Fields of two flat objects, in the order of the first; the first that differs. */
export const firstField = (
  path: string,
  stored: Readonly<Record<string, Json>>,
  recomputed: Readonly<Record<string, Json>>,
): Difference | undefined => {
  const field = Object.keys(stored).find((name) => stored[name] !== recomputed[name]);
  if (field === undefined) return undefined;
  return { path: `${path}/${field}`, stored: stored[field] ?? null, recomputed: recomputed[field] ?? null };
};

/** Two lists, entry by entry; an entry that one of them lacks differs as a whole. */
export const firstEntry = <T>(
  path: string,
  stored: readonly T[],
  recomputed: readonly T[],
  fieldsOf: (entry: T) => Readonly<Record<string, Json>>,
): Difference | undefined => {
  for (let index = 0; index < Math.max(stored.length, recomputed.length); index += 1) {
    const [left, right] = [stored[index], recomputed[index]];
    const place = `${path}/${index + 1}`;
    const difference =
      left === undefined || right === undefined
        ? { path: place, stored: left ? fieldsOf(left) : null, recomputed: right ? fieldsOf(right) : null }
        : firstField(place, fieldsOf(left), fieldsOf(right));
    if (difference) return difference;
  }
  return undefined;
};

const lineFields = (line: DraftLine): Readonly<Record<string, Json>> => ({
  id: line.id,
  quantity: line.quantity,
  unit_price: line.unit_price,
  amount_exact: line.amount_exact,
  amount: line.amount,
  discount: line.discount,
  cost: line.cost,
});

const taxFields = (tax: DraftTax): Readonly<Record<string, Json>> => ({
  name: tax.name,
  rate_percent: tax.rate_percent,
  base: tax.base,
  amount: tax.amount,
});

const sums = (document: DraftDocument): Readonly<Record<string, Json>> => ({
  gross: document.gross,
  discount: document.discount,
  subtotal: document.subtotal,
  tax: document.tax,
  total: document.total,
});

const usageFields = (value: DraftDocument["inputs"]["usage"]["values"][number]): Readonly<Record<string, Json>> => ({
  metric_code: value.metric_code,
  value: value.value,
  days: value.days,
});

/** What was used: stored values against those read again. */
export const usageDifference = (stored: DraftDocument, recomputed: DraftDocument): Difference | undefined =>
  firstEntry("usage", stored.inputs.usage.values, recomputed.inputs.usage.values, usageFields) ??
  firstField("usage", { digest: stored.inputs.usage.digest }, { digest: recomputed.inputs.usage.digest });

/** Lines, taxes and sums of a document against the same rated again. */
export const ratingDifference = (stored: DraftDocument, recomputed: DraftDocument): Difference | undefined =>
  firstEntry("total/subtotal/lines", stored.lines, recomputed.lines, lineFields) ??
  firstEntry("total/taxes", stored.taxes, recomputed.taxes, taxFields) ??
  firstField("total", sums(stored), sums(recomputed));
