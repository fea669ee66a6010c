import { isCurrency } from "../money/index.ts";
import type { Month } from "../time/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { CurFormat } from "./delivery.ts";
import type { FindingCode } from "./finding-kinds.ts";
import { WHOLE_DIGITS } from "./expressions.ts";
import { compareHeader, isForeign } from "./formats.ts";

/** What one file holds of one billing period and currency. */
export interface FileContents {
  /** Undefined where the lines name none that can be read. */
  readonly period: Month | undefined;
  readonly currency: string | undefined;
  readonly lines: number;
  /** Lines that have a cost. */
  readonly pricedLines: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

/** What was wrong with lines of one file, by kind and column. */
export interface FileIssue {
  readonly code: string;
  readonly column: string;
  /** The text of the first such line. */
  readonly text: string;
  readonly lines: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

const lineCount = (lines: number): string => (lines === 1 ? "1 line" : `${lines} lines`);
const shown = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(", ")}${names.length > 8 ? `, and ${names.length - 8} more` : ""}`;

const ISSUE_TEXT: Readonly<Record<string, { code: FindingCode; says: (issue: FileIssue) => string }>> = {
  unparsable_date: {
    code: "unparsable_date",
    says: ({ text, lines }) => `${JSON.stringify(text)} is no UTC date or time (${lineCount(lines)} in all)`,
  },
  unparsable_amount: {
    code: "unparsable_amount",
    says: ({ text, lines }) =>
      `${JSON.stringify(text)} is no decimal number of at most ${WHOLE_DIGITS} digits before its point (${lineCount(lines)} in all)`,
  },
  no_payer: { code: "no_payer", says: ({ lines }) => `names no payer account (${lineCount(lines)} in all)` },
  short_row: {
    code: "short_row",
    says: ({ lines }) => `fewer fields than the header; what is missing was read as empty (${lineCount(lines)} in all)`,
  },
  blank_cost: { code: "blank_cost", says: ({ lines }) => `no cost; read as 0 (${lineCount(lines)} in all)` },
};

/** Findings about single lines. `openEnd` is the last row of a file without a line end: short there means that the file was cut off. */
export const issueFindings = (file: string, issues: readonly FileIssue[], openEnd: number | undefined): Finding[] =>
  issues.flatMap((issue) => {
    const kind = ISSUE_TEXT[issue.code];
    if (!kind) return [];
    const place = { file, row: issue.firstRow, ...(issue.column === "" ? {} : { column: issue.column }) };
    const isCutOff = issue.lastRow === openEnd && !["blank_cost", "unparsable_amount", "no_payer"].includes(issue.code);
    const cut = finding(
      "truncated_file",
      { file, row: issue.lastRow },
      "the last row breaks off: the file is cut off. Fetch it again.",
    );
    return [finding(kind.code, place, kind.says(issue)), ...(isCutOff ? [cut] : [])];
  });

/** Lines of a file that the engine did not read, or read twice. */
export const countFindings = (file: string, lines: number | undefined, read: number): Finding[] =>
  lines === undefined || lines === read
    ? []
    : [
        finding(
          "lines_lost",
          { file },
          `the file holds ${lineCount(lines)} below its header, and ${read} could be read`,
        ),
      ];

/** Where the header and the manifest differ. The header counts: only what is missing from it can matter. */
export const headerFindings = (
  file: string,
  format: CurFormat,
  manifestColumns: readonly string[],
  header: readonly string[],
): Finding[] => {
  if (manifestColumns.length === 0) return [];
  if (isForeign(manifestColumns, format))
    return [
      finding(
        "foreign_manifest",
        { file, row: 1 },
        `the manifest describes another report: none of its columns (${shown(manifestColumns)}) is one that this file is read by`,
      ),
    ];
  const { absent, unannounced } = compareHeader(manifestColumns, header);
  return [
    ...(absent.length > 0
      ? [
          finding(
            "header_differs",
            { file, row: 1 },
            `the manifest lists columns that the file lacks: ${shown(absent)}`,
          ),
        ]
      : []),
    ...(unannounced.length > 0
      ? [
          finding(
            "header_differs",
            { file, row: 1 },
            `the file has columns that the manifest does not list: ${shown(unannounced)}`,
          ),
        ]
      : []),
  ];
};

interface Contents {
  /** What to call the delivery in messages. */
  readonly source: string;
  readonly contents: readonly (FileContents & { readonly file: string })[];
  /** Asked for, or named by the path: every line must belong to it. */
  readonly strictPeriod: Month | undefined;
  /** Named by the manifest, or by the folder: one of the periods must be it. */
  readonly announcedPeriod: Month | undefined;
}

const periodFindings = ({ source, contents, strictPeriod, announcedPeriod }: Contents): Finding[] => {
  const periods = [...new Set(contents.flatMap((content) => content.period ?? []))].toSorted();
  const stray = contents.find((content) => content.period !== undefined && content.period !== strictPeriod);
  if (strictPeriod !== undefined && stray)
    return [
      finding(
        "wrong_period",
        { file: stray.file, row: stray.firstRow },
        `the line belongs to the billing period ${stray.period}, but the delivery is for ${strictPeriod} (periods in it: ${periods.join(", ")})`,
      ),
    ];
  if (announcedPeriod !== undefined && periods.length > 0 && !periods.includes(announcedPeriod))
    return [
      finding(
        "wrong_period",
        { file: source },
        `the manifest or the folder is for ${announcedPeriod}, but the lines are of ${periods.join(", ")}`,
      ),
    ];
  return periods.length > 1
    ? [
        finding(
          "several_periods",
          { file: source },
          `holds several billing periods (${periods.join(", ")}); each replaces its own`,
        ),
      ]
    : [];
};

/**
 * Costs in two currencies do not add: each has totals of its own. A cost without a currency, or in one that ISO 4217 does not know, belongs to
 * none of them.
 */
const currencyFindings = ({ source, contents }: Contents): Finding[] => {
  const nameless = contents.find(({ currency, pricedLines }) => pricedLines > 0 && !isCurrency(currency ?? ""));
  const byPeriod = Map.groupBy(contents, (content) => content.period);
  return [
    ...[...byPeriod].flatMap(([period, parts]) => {
      const currencies = [...new Set(parts.flatMap((part) => part.currency ?? []))].toSorted();
      return currencies.length > 1
        ? [
            finding(
              "several_currencies",
              { file: source },
              `the lines of ${period ?? "a period"} are in several currencies (${currencies.join(", ")}); each is kept apart with totals of its own`,
            ),
          ]
        : [];
    }),
    ...(nameless
      ? [
          finding(
            "no_currency",
            { file: nameless.file, row: nameless.firstRow },
            `${lineCount(nameless.pricedLines)} with a cost ${nameless.pricedLines === 1 ? "names" : "name"} ${nameless.currency === undefined ? "no currency" : `${JSON.stringify(nameless.currency)}, which is no currency of ISO 4217`}`,
          ),
        ]
      : []),
  ];
};

/** Findings about what the files of a delivery hold together. */
export const contentFindings = (of: Contents): Finding[] => {
  const lines = of.contents.reduce((sum, content) => sum + content.lines, 0);
  const files = new Set(of.contents.map((content) => content.file));
  return [
    ...(lines === 0
      ? [finding("no_rows", { file: of.source }, "no rows: there is nothing to import, and nothing was replaced")]
      : []),
    ...(files.size > 0 ? [...periodFindings(of), ...currencyFindings(of)] : []),
  ];
};
