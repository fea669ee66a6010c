import { Button } from "./button.tsx";
import { csvText } from "./csv.ts";

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
  return <Button onClick={save}>Listed as CSV</Button>;
};
