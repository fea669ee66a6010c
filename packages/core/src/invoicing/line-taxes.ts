import { exact, toText } from "../money/index.ts";
import type { TaxInput } from "../rating/index.ts";
import type { DraftDocument, DraftLine, DraftTax } from "./draft-document.ts";
import type { DraftSource } from "./draft-source.ts";
import { adjustmentId, type LineTax } from "./adjustment-line.ts";

const keyOf = ({ name, jurisdiction, category, rate_percent: rate }: LineTax): string =>
  JSON.stringify([name, jurisdiction, category, toText(exact(rate))]);

const lineTax = ({ name, jurisdiction, category, rate_percent }: LineTax): LineTax => ({
  name,
  jurisdiction,
  category,
  rate_percent,
});

/** The taxes that a line of a document carries; for a line that is not on it, those of its own charges. */
export const taxesOfLine = (document: DraftDocument, line: Pick<DraftLine, "line_no"> | undefined): LineTax[] => {
  const nos = line ? [line.line_no] : document.lines.filter((one) => !one.adjusts).map((one) => one.line_no);
  return document.taxes
    .filter(({ line_nos: carriers }) => carriers === undefined || nos.some((no) => carriers.includes(no)))
    .map(lineTax);
};

/**
 * The taxes of a draft: the tenant's on what it charges, and on a correction those of the line that it corrects, whatever the tenant pays
 * today. A correction that does not know them takes the tenant's.
 */
export const taxInputs = (source: DraftSource, hasCharges: boolean): TaxInput[] => {
  const known = source.adjustments.filter((adjustment) => adjustment.line.taxes !== undefined);
  const inputOf = (tax: LineTax): TaxInput => ({
    name: tax.name,
    jurisdiction: tax.jurisdiction,
    category: tax.category,
    ratePercent: tax.rate_percent,
  });
  const own = hasCharges || known.length < source.adjustments.length ? source.tenant.taxProfile.taxes : [];
  return [
    ...own.map((tax) => ({ ...inputOf(tax), exceptLineIds: known.map(adjustmentId) })),
    ...known.flatMap((adjustment) =>
      (adjustment.line.taxes ?? []).map((tax) => ({ ...inputOf(tax), lineIds: [adjustmentId(adjustment)] })),
    ),
  ];
};

/** The taxes of a document with the lines that carry each, which are named where not all lines do. */
export const withCarriers = (
  taxes: readonly Omit<DraftTax, "line_nos">[],
  lines: readonly DraftLine[],
  own: readonly LineTax[],
): DraftTax[] => {
  const ownKeys = new Set(own.map(keyOf));
  return taxes.map((tax) => {
    const key = keyOf(tax);
    const carriers = lines.filter(({ adjusts }) =>
      adjusts?.line.taxes ? adjusts.line.taxes.some((other) => keyOf(other) === key) : ownKeys.has(key),
    );
    return carriers.length === lines.length ? tax : { ...tax, line_nos: carriers.map((line) => line.line_no) };
  });
};
