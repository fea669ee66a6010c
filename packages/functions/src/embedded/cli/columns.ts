/** Rows as aligned text: numbers (as the right-hand columns) flush right, for a terminal or a pipe alike. */
export const aligned = (rows: readonly (readonly string[])[], rightFrom: number): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column >= rightFrom ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
};
