import { Button } from "./button.tsx";

/** A cell of RFC 4180; one that a spreadsheet would run as a formula is marked as text. */
const cell = (value: string): string => {
  const isFormula = /^[=+@\t\r]/.test(value) || /^-(?![\d.]+$)/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as CSV text, the head first. */
export const csvText = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

interface CsvButtonProps {
  readonly filename: string;
  readonly head: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

/** Saves what is listed as CSV. */
export const CsvButton = ({ filename, head, rows }: CsvButtonProps) => {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([csvText(head, rows())], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return <Button onClick={save}>Export CSV</Button>;
};
