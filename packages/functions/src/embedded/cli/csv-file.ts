import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { invalid, Problem } from "@commops/core/kernel";

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Problem("invalid", "INVALID_ARGUMENT", `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

/**
 * Rows of a CSV with a header, by column name, each with its line number. Throws an invalid Problem that names the file, and the line
 * or the columns that are wrong.
 */
export const csvRows = async (
  path: string,
  needed: readonly string[],
): Promise<{ line: number; cells: Record<string, string> }[]> => {
  const text = await read(path);
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (error instanceof CsvError) throw invalid(path, error.message);
    throw error;
  }
  const [header, ...body] = rows;
  if (!header) throw invalid(path, "the file is empty");
  const lacking = needed.filter((column) => !header.includes(column));
  if (lacking.length > 0) throw invalid(path, `the header lacks ${lacking.join(", ")}; it has ${header.join(", ")}`);
  return body.map((cells, index) => ({
    line: index + 2,
    cells: Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])),
  }));
};
