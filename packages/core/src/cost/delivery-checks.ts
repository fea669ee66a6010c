import { daysBetween, day, monthPeriod, type Month } from "../time/index.ts";
import { squash } from "./columns.ts";
import type { DailySummary } from "./daily.ts";
import type { CurFormat, RawFile } from "./delivery.ts";
import { type Finding, finding } from "./finding.ts";
import { checkIdentity } from "./identity.ts";
import { AMORTISATION_COLUMNS } from "./normalise-cur.ts";

/** A kind of line that is reported, with the first place it stands. */
export interface OddLines {
  /** The line item type, or the provider. */
  readonly name: string;
  readonly lines: number;
  readonly cost: string;
  readonly file: string;
  readonly row: number;
}

/** What was counted over the lines of one delivery. */
export interface DeliveryFacts {
  readonly rows: number;
  readonly splitRows: number;
  readonly rowsWithoutNet: number;
  readonly rowsWithoutInvoice: number;
  readonly rowsWithCost: number;
  readonly unknownTypes: readonly OddLines[];
  readonly otherProviders: readonly OddLines[];
  readonly duplicates:
    | { readonly keys: number; readonly lines: number; readonly file: string; readonly row: number }
    | undefined;
}

/** An earlier delivery to compare with. */
export interface Earlier {
  readonly deliveryId: string;
  readonly rows: number;
  readonly payers: readonly string[];
  readonly rawFiles: readonly RawFile[];
}

export interface Described {
  readonly source: string;
  readonly period: Month;
  readonly format: CurFormat;
  readonly currency: string;
  readonly rawFiles: readonly RawFile[];
  readonly facts: DeliveryFacts;
  readonly daily: DailySummary;
}

const lineFindings = ({ source, facts }: Described): Finding[] => [
  ...facts.unknownTypes.map((odd) =>
    finding(
      "unknown_line_type",
      odd,
      `line item type ${JSON.stringify(odd.name)} is not known; its ${odd.lines} lines (${odd.cost}) go to the operator`,
    ),
  ),
  ...facts.otherProviders.map((odd) =>
    finding(
      "other_provider",
      odd,
      `${odd.lines} lines (${odd.cost}) are of ${odd.name}, not of AWS; they go to the operator`,
    ),
  ),
  ...(facts.duplicates
    ? [
        finding(
          "duplicate_lines",
          facts.duplicates,
          `${facts.duplicates.lines} lines share their (line item id, time interval) with another, the first of them here`,
        ),
      ]
    : []),
  ...(facts.splitRows > 0
    ? [
        finding(
          "split_cost_rows",
          { file: source },
          `${facts.splitRows} lines of split cost allocation restate other lines; they are kept out of every total`,
        ),
      ]
    : []),
];

/** Line item types whose amortised cost cannot be read, because the file has not got the columns for it. */
const missingColumnFindings = ({ format, rawFiles, daily }: Described): Finding[] => {
  if (format === "focus") return [];
  return rawFiles.flatMap((file) => {
    const header = new Set(file.columns.map(squash));
    return daily.lineTypes.flatMap((type) => {
      const absent = (AMORTISATION_COLUMNS[type] ?? []).filter((column) => !header.has(squash(column)));
      return absent.length === 0
        ? []
        : [
            finding(
              "missing_column",
              { file: file.name, row: 1 },
              `has ${type} lines, but not the columns that amortise them: ${absent.join(", ")}. Add them to the export; until then use the unblended basis.`,
            ),
          ];
    });
  });
};

const identityFindings = ({ source, format, currency, daily }: Described): Finding[] =>
  format === "focus"
    ? []
    : daily.payers
        .map(checkIdentity)
        .filter((check) => !check.isClosed)
        .map((check) =>
          finding(
            "identity_open",
            { file: source },
            `payer ${check.payer}: unblended ${check.unblended} is not amortised ${check.amortized} + upfront purchases ${check.upfrontPurchases} + true-up ${check.trueUp}: ${check.difference} ${currency} is left (tolerance ${check.tolerance}). Nothing is issued on it.`,
          ),
        );

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};

const TRAILING_DAYS = 7;
const MIN_DAYS = 4;

/** Days of usage that are missing, or far from the median of the days before; the last day may be partial. */
const dayFindings = ({ source, period, daily }: Described): Finding[] => {
  const { start, end } = monthPeriod(period);
  const days = daily.days.filter((entry) => entry.day >= start && entry.day <= end);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const span = daysBetween(day(first.day), day(last.day)) + 1;
  const missing = span - days.length;
  const odd = days.slice(0, -1).find((entry, index) => {
    const before = days.slice(Math.max(0, index - TRAILING_DAYS), index).map((other) => other.rows);
    const usual = median(before);
    return before.length >= MIN_DAYS && (entry.rows * 4 < usual || entry.rows > usual * 4);
  });
  return [
    ...(missing > 0
      ? [
          finding(
            "missing_days",
            { file: source },
            `${missing} days between ${first.day} and ${last.day} have no usage`,
          ),
        ]
      : []),
    ...(odd
      ? [
          finding(
            "day_out_of_line",
            { file: source },
            `${odd.day} has ${odd.rows} usage lines, far from the median of the days before`,
          ),
        ]
      : []),
  ];
};

/** What changed against the delivery that this one replaces. */
const earlierFindings = ({ source, facts, rawFiles, daily }: Described, replaced: readonly Earlier[]): Finding[] => {
  const rows = replaced.reduce((sum, earlier) => sum + earlier.rows, 0);
  const payers = new Set(daily.payers.map((payer) => payer.payer));
  const gone = replaced.flatMap((earlier) => earlier.payers).filter((payer) => !payers.has(payer));
  const columns = new Set(rawFiles.flatMap((file) => file.columns.map(squash)));
  const before = new Set(replaced.flatMap((earlier) => earlier.rawFiles.flatMap((file) => file.columns)));
  const lost = [...before].filter((column) => !columns.has(squash(column)));
  return [
    ...(facts.rows * 10 < rows * 9
      ? [finding("fewer_rows", { file: source }, `${facts.rows} lines, where the delivery it replaces had ${rows}`)]
      : []),
    ...(gone.length > 0
      ? [
          finding(
            "payer_missing",
            { file: source },
            `the delivery it replaces had cost of payer ${gone.join(", ")}; this one has none`,
          ),
        ]
      : []),
    ...(lost.length > 0
      ? [
          finding(
            "schema_drift",
            { file: source },
            `columns of the delivery it replaces are gone: ${lost.slice(0, 8).join(", ")}`,
          ),
        ]
      : []),
  ];
};

/** Findings about a delivery as a whole. `replaced` are the active deliveries whose place it takes. */
export const deliveryFindings = (of: Described, replaced: readonly Earlier[]): Finding[] => [
  ...lineFindings(of),
  ...missingColumnFindings(of),
  ...identityFindings(of),
  ...dayFindings(of),
  ...earlierFindings(of, replaced),
];

/**
 * Final: every line with a cost has an invoice id, and support is there if the month before had it. FOCUS carries no invoice ids: it is
 * final by approval only.
 */
export const isFinalDelivery = (of: Described, hadSupport: boolean): boolean =>
  of.format !== "focus" &&
  of.facts.rowsWithCost > 0 &&
  of.facts.rowsWithoutInvoice === 0 &&
  (of.daily.hasSupport || !hadSupport);
