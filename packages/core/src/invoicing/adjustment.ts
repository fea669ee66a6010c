import type { InvoiceId } from "../kernel/index.ts";
import { add, type Exact, exact, isNegative, isZero, negate, subtract, sumExact, toText } from "../money/index.ts";
import type { Adjustment, BilledLine, LineTax, RestatedLine, RestatementRef } from "./adjustment-line.ts";
import type { DraftDocument, DraftLine } from "./draft-document.ts";
import { taxesOfLine } from "./line-taxes.ts";
import { isMaterial, type RestatementPolicy } from "./restatement-policy.ts";

/** An invoice as a restatement says that it should have been. */
export interface RestatedInvoice extends RestatementRef {
  readonly lines: readonly RestatedLine[];
}

/** What becomes of the difference of an invoice. */
export interface Settlement {
  /** `adjustment` goes on the tenant's next invoice, `operator` is below the limit of materiality, `none` where nothing differs. */
  readonly outcome: "adjustment" | "operator" | "none";
  /** What the tenant should pay less what was billed, before tax; decimal text in US dollars. */
  readonly amount: string;
  /** Cost of the restated lines less the cost of what was billed for them. */
  readonly cost: string;
  /** Lines whose amount differs: those that the next invoice would get. */
  readonly adjustments: readonly Adjustment[];
}

const linesOf = (document: DraftDocument): readonly DraftLine[] =>
  document.lines.filter((line) => line.adjusts === undefined);

/** What is billed for each line of an invoice: by the invoice itself, and by corrections of it on later ones. */
export const billedLines = (
  invoiceId: InvoiceId,
  documents: readonly { readonly invoiceId: InvoiceId; readonly document: DraftDocument }[],
): Map<string, BilledLine[]> => {
  const billed = new Map<string, BilledLine[]>();
  for (const { invoiceId: from, document } of documents)
    for (const line of document.lines) {
      const isOwn = line.adjusts === undefined && from === invoiceId;
      if (!isOwn && line.adjusts?.invoice_id !== invoiceId) continue;
      const id = line.adjusts?.line.line_id ?? line.id;
      const part = { invoice_id: from, line_no: line.line_no, amount: line.amount, cost: line.cost };
      billed.set(id, [...(billed.get(id) ?? []), part]);
    }
  return billed;
};

const sumOf = (parts: readonly { readonly amount: string; readonly cost: string }[]) => ({
  amount: sumExact(parts.map((part) => exact(part.amount))),
  cost: sumExact(parts.map((part) => exact(part.cost))),
});

const restatedLine = (line: DraftLine, original: DraftLine | undefined, taxes: readonly LineTax[]): RestatedLine => ({
  line_id: line.id,
  line_no: original?.line_no ?? null,
  title: line.title,
  sku_code: line.sku_code,
  sku_family: line.sku_family,
  metric_code: line.metric_code,
  service: line.service,
  amount: line.amount,
  cost: line.cost,
  allocation_ids: line.allocation_ids,
  taxes,
});

/**
 * A line of an invoice as its document, rated again with restated cost, has it; restated to nothing where it is there no more. Undefined
 * where neither has it.
 */
export const lineAgain = (original: DraftDocument, again: DraftDocument, lineId: string): RestatedLine | undefined => {
  const isMeant = (line: DraftLine): boolean => line.id === lineId;
  const fresh = linesOf(again).find(isMeant);
  const before = linesOf(original).find(isMeant);
  const taxes = taxesOfLine(original, before);
  if (fresh) return restatedLine(fresh, before, taxes);
  return before && { ...restatedLine(before, before, taxes), amount: "0", cost: "0", allocation_ids: [] };
};

/** The lines of an invoice that its document, rated again with restated cost, charges otherwise than was billed, or was corrected once. */
export const restatedLines = (
  original: DraftDocument,
  again: DraftDocument,
  billed: ReadonlyMap<string, readonly BilledLine[]>,
): RestatedLine[] => {
  const ids = [...new Set([...linesOf(original), ...linesOf(again)].map((line) => line.id))];
  return ids.flatMap((id) => {
    const line = lineAgain(original, again, id);
    const parts = billed.get(id) ?? [];
    const sum = sumOf(parts);
    if (!line) return [];
    const isSame = isZero(subtract(exact(line.amount), sum.amount)) && isZero(subtract(exact(line.cost), sum.cost));
    return isSame && parts.length <= 1 ? [] : [line];
  });
};

const magnitude = (value: Exact): Exact => (isNegative(value) ? negate(value) : value);

/** What the next invoice owes to a restated one: nothing twice, because all that was billed for a line is taken off. */
export const settle = (
  restated: RestatedInvoice,
  billed: ReadonlyMap<string, readonly BilledLine[]>,
  policy: RestatementPolicy,
): Settlement => {
  const { lines, ...ref } = restated;
  const compared = lines.map((line) => {
    const parts = billed.get(line.line_id) ?? [];
    const before = sumOf(parts);
    return {
      line,
      parts,
      before,
      amount: subtract(exact(line.amount), before.amount),
      cost: subtract(exact(line.cost), before.cost),
    };
  });
  const changed = compared.filter(({ amount }) => !isZero(amount));
  const amount = sumExact(changed.map((line) => line.amount));
  const cost = sumExact(compared.map((line) => line.cost));
  const base = changed.reduce<Exact>((sum, { before }) => add(sum, magnitude(before.amount)), exact("0"));
  const isBilled = changed.length > 0 && isMaterial(amount, base, policy);
  return {
    outcome: isBilled ? "adjustment" : changed.length > 0 || !isZero(cost) ? "operator" : "none",
    amount: toText(amount),
    cost: toText(cost),
    adjustments: isBilled ? changed.map(({ line, parts }) => ({ ...ref, line, billed: parts })) : [],
  };
};

/** What an adjustment line charges, and the cost that it carries; decimal text. */
export const adjustmentAmounts = ({ line, billed }: Adjustment): { readonly amount: string; readonly cost: string } => {
  const before = sumOf(billed);
  return {
    amount: toText(subtract(exact(line.amount), before.amount)),
    cost: toText(subtract(exact(line.cost), before.cost)),
  };
};
