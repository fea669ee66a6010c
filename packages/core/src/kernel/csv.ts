/** A cell: text is guarded, numbers are written as they are. Nothing (undefined, null) is an empty cell. */
export type CsvCell = string | number | bigint | boolean | null | undefined;

/** What a spreadsheet may take for a formula, also after blanks and in full-width form (OWASP, "CSV Injection"). */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** A plain number is no formula: "-12.50" stays a number the reader can add up. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
/** Also the separators of other locales: split there, the rest of a cell could begin with a formula. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/**
 * One cell (RFC 4180), with an apostrophe before what a spreadsheet would run as a formula. Throws RangeError on a number
 * that is not finite.
 */
export const csvCell = (value: CsvCell): string => {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`not a number to export: ${value}`);
  const text = String(value);
  const safe = typeof value === "string" && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** One record with its line end (CR LF, RFC 4180 rule 1). Throws RangeError on a record without cells. */
export const csvRow = (cells: readonly CsvCell[]): string => {
  if (cells.length === 0) throw new RangeError("a CSV record needs at least one cell");
  const row = cells.map(csvCell).join(",");
  // A record of one empty cell would read as an empty line, which readers skip.
  return `${row === "" ? '""' : row}\r\n`;
};

/** A header and its records, one text a record, so that a large export streams. Throws RangeError naming a record of another width. */
export function* csvRows(header: readonly string[], rows: Iterable<readonly CsvCell[]>): Generator<string> {
  yield csvRow(header);
  let number = 1;
  for (const row of rows) {
    number += 1;
    if (row.length !== header.length)
      throw new RangeError(`CSV record ${number} has ${row.length} cells, the header has ${header.length}`);
    yield csvRow(row);
  }
}

/** A whole export as one text. */
export const csvText = (header: readonly string[], rows: Iterable<readonly CsvCell[]>): string =>
  [...csvRows(header, rows)].join("");
