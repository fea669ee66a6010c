import { CANONICAL_COLUMNS, CANONICAL_NAMES } from "./canonical.ts";
import { columnFinder, type SourceColumn } from "./columns.ts";
import type { CurFormat } from "./delivery.ts";
import { quote, reading } from "./expressions.ts";
import { curExpressions, type SourceFile } from "./normalise-cur.ts";
import { FOCUS_BLANKS, focusExpressions } from "./normalise-focus.ts";

/** The SELECT over `source` (a raw file) that gives the canonical columns, from the columns that the file really has. */
export const normaliseSql = (format: CurFormat, columns: readonly SourceColumn[], file: SourceFile): string => {
  const read = reading(columnFinder(columns), {
    blanks: format === "focus" ? FOCUS_BLANKS : [],
    mayBePadded: file.mayBePadded,
  });
  const expressions = format === "focus" ? focusExpressions(columns, read, file) : curExpressions(columns, read, file);
  return read.select(
    CANONICAL_NAMES.map((name) => `cast(${expressions[name]} as ${CANONICAL_COLUMNS[name]}) as ${name}`),
  );
};

/** The SELECT that takes one billing period and currency (undefined: lines that name none) out of a file of canonical lines. */
export const partSql = (period: string, currency: string | undefined): string =>
  `select ${CANONICAL_NAMES.join(", ")} from source where billing_period = ${quote(period)} and line_item_currency_code ${currency === undefined ? "is null" : `= ${quote(currency)}`}`;
