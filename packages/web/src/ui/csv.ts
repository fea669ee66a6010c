/** A cell of RFC 4180; one that a spreadsheet would run as a formula is marked as text. */
const cell = (value: string): string => {
  const isFormula = /^[=+@\t\r]/.test(value) || /^-(?![\d.]+$)/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as CSV text, the head first. */
export const csvText = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
