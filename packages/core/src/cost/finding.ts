/** A code a machine can act on; what each means for the delivery stands beside it. */
const SEVERITY = {
  no_rows: "quarantine",
  missing_file: "quarantine",
  truncated_file: "quarantine",
  unparsable_amount: "quarantine",
  unparsable_date: "quarantine",
  mixed_currencies: "quarantine",
  wrong_period: "quarantine",
  mixed_formats: "quarantine",
  unlisted_file: "warning",
  renamed_files: "warning",
  header_differs: "warning",
  several_periods: "warning",
  missing_column: "warning",
  schema_drift: "warning",
  short_row: "warning",
  blank_cost: "warning",
  unknown_line_type: "warning",
  duplicate_lines: "warning",
  split_cost_rows: "warning",
  other_provider: "warning",
  payer_missing: "warning",
  another_payer: "warning",
  identity_open: "warning",
  missing_days: "warning",
  day_out_of_line: "warning",
  fewer_rows: "warning",
  duplicate_delivery: "warning",
} as const satisfies Record<string, "warning" | "quarantine">;

export type FindingCode = keyof typeof SEVERITY;
export type FindingSeverity = "warning" | "quarantine";

/** What is odd about a delivery, with its place. A quarantine keeps the delivery out of the period's cost. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** The file (or manifest) it is about. */
  readonly file: string;
  /** Number of the row in its file, the header being row 1. */
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly message: string;
}

export interface Place {
  readonly file: string;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
}

/** "june.csv, row 12, column lineItem/UnblendedCost" */
const placeText = ({ file, row, column }: Place): string =>
  [file, row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column ${column}`]
    .filter(Boolean)
    .join(", ");

/** A finding whose message starts with its place. */
export const finding = (code: FindingCode, place: Place, text: string): Finding => ({
  code,
  severity: SEVERITY[code],
  file: place.file,
  ...(place.row === undefined ? {} : { row: place.row }),
  ...(place.column === undefined ? {} : { column: place.column }),
  message: `${placeText(place)}: ${text}`,
});

export const isQuarantined = (findings: readonly Finding[]): boolean =>
  findings.some((item) => item.severity === "quarantine");

/** A finding as it is stored, back in its own words. */
export const findingOf = (row: {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly file: string;
  readonly row: number | null;
  readonly column: string | null;
  readonly message: string;
}): Finding => ({
  code: row.code as FindingCode,
  severity: row.severity,
  file: row.file,
  ...(row.row === null ? {} : { row: row.row }),
  ...(row.column === null ? {} : { column: row.column }),
  message: row.message,
});
