import { addDays, dayOf, type Month, monthPeriod } from "../time/index.ts";
import { squash } from "./columns.ts";
import type { CostPolicy } from "./cost-policy.ts";
import type { DailySummary } from "./daily.ts";
import { dayFindings } from "./day-checks.ts";
import { type CurFormat, type RawFile, unnamedOver } from "./delivery.ts";
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

/** A delivery whose place is taken. */
export interface Earlier {
  readonly deliveryId: string;
  readonly currency: string;
  readonly rows: number;
  readonly payers: readonly string[];
  readonly rawFiles: readonly RawFile[];
}

/** What the month before had, of the payers of a delivery unless said otherwise. */
export interface MonthBefore {
  /** Every payer organisation of that month. */
  readonly payers: readonly string[];
  readonly currencies: readonly string[];
  readonly products: readonly string[];
  /** Days with usage. */
  readonly days: number;
  /** Of its files of the same format as the delivery. */
  readonly columns: readonly string[];
}

/** What a delivery is held against. */
export interface Baseline {
  readonly policy: CostPolicy;
  readonly now: Date;
  /** The active deliveries whose place it takes. */
  readonly replaced: readonly Earlier[];
  readonly before: MonthBefore;
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
      { ...odd, subject: odd.name },
      `line item type ${JSON.stringify(odd.name)} is not known; its ${odd.lines} lines (${odd.cost}) go to the operator`,
    ),
  ),
  ...facts.otherProviders.map((odd) =>
    finding(
      "other_provider",
      { ...odd, subject: odd.name },
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
              { file: file.name, row: 1, subject: type },
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
            { file: source, subject: check.payer },
            `payer ${check.payer}: unblended ${check.unblended} is not amortised ${check.amortized} + upfront purchases ${check.upfrontPurchases} + true-up ${check.trueUp}: ${check.difference} ${currency} is left (tolerance ${check.tolerance}). Nothing is issued on it.`,
          ),
        );

const shown = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(", ")}${names.length > 8 ? `, and ${names.length - 8} more` : ""}`;
const sizeOf = (files: readonly RawFile[]): number => files.reduce((sum, file) => sum + file.bytes, 0);

/** Fewer lines or bytes than before, beyond what the policy lets pass. */
const shrinkFindings = ({ source, facts, rawFiles }: Described, { policy, replaced }: Baseline): Finding[] => {
  const rows = replaced.reduce((sum, earlier) => sum + earlier.rows, 0);
  const bytes = replaced.reduce((sum, earlier) => sum + sizeOf(earlier.rawFiles), 0);
  return [
    ...(facts.rows * 100 < rows * (100 - policy.row_drop_percent)
      ? [finding("fewer_rows", { file: source }, `${facts.rows} lines, where the delivery it replaces had ${rows}`)]
      : []),
    ...(sizeOf(rawFiles) * 100 < bytes * (100 - policy.size_drop_percent)
      ? [
          finding(
            "smaller_files",
            { file: source },
            `${sizeOf(rawFiles)} bytes, where the delivery it replaces had ${bytes}`,
          ),
        ]
      : []),
  ];
};

/** Columns that are gone or new against the delivery that is replaced, or else the month before. */
const driftFindings = ({ source, rawFiles }: Described, { replaced, before }: Baseline): Finding[] => {
  const [earlier, whose] =
    replaced.length > 0
      ? [replaced.flatMap((old) => old.rawFiles.flatMap((file) => file.columns)), "the delivery it replaces"]
      : [before.columns, "the month before"];
  if (earlier.length === 0) return [];
  const columns = rawFiles.flatMap((file) => file.columns);
  const [now, then] = [new Set(columns.map(squash)), new Set(earlier.map(squash))];
  const lost = [...new Set(earlier)].filter((column) => !now.has(squash(column)));
  const added = [...new Set(columns)].filter((column) => !then.has(squash(column)));
  const place = { file: source };
  return [
    ...(lost.length > 0 ? [finding("schema_drift", place, `columns of ${whose} are gone: ${shown(lost)}`)] : []),
    ...(added.length > 0
      ? [finding("columns_added", place, `columns that ${whose} did not have: ${shown(added)}`)]
      : []),
  ];
};

/** What the delivery that is replaced had and this one lacks. */
const replacedFindings = (of: Described, baseline: Baseline): Finding[] => {
  const { source, daily, currency } = of;
  const { replaced } = baseline;
  if (replaced.length === 0) return [];
  const payers = new Set(daily.payers.map((payer) => payer.payer));
  const unnamed = unnamedOver([...payers], replaced);
  const gone = replaced
    .flatMap((earlier) => earlier.payers)
    .filter((payer) => payer !== "" && !payers.has(payer) && !unnamed.includes(payer));
  const currencies = [...new Set(replaced.map((earlier) => earlier.currency))].filter((other) => other !== currency);
  const place = { file: source };
  return [
    ...shrinkFindings(of, baseline),
    ...(unnamed.length > 0
      ? [
          finding(
            "unnamed_payer",
            place,
            `no line names a payer, and the period has the cost of payer ${unnamed.join(", ")} already: this may be the same cost, or another's`,
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [
          finding(
            "payer_missing",
            place,
            `the delivery it replaces had cost of payer ${gone.join(", ")}; this one has none`,
          ),
        ]
      : []),
    ...(currencies.length > 0
      ? [
          finding(
            "currency_missing",
            place,
            `the delivery it replaces had cost in ${currencies.join(", ")}; this one has none`,
          ),
        ]
      : []),
  ];
};

/** Payers, currencies and products that the month before did not have; silent where nothing is known of it. */
const noveltyFindings = ({ source, daily, currency }: Described, { before }: Baseline): Finding[] => {
  if (before.payers.length === 0) return [];
  const payers = daily.payers
    .map((payer) => payer.payer)
    .filter((payer) => payer !== "" && !before.payers.includes(payer));
  const products = daily.products.filter((product) => !before.products.includes(product));
  const isKnown = before.products.length > 0;
  return [
    ...payers.map((payer) =>
      finding("new_payer", { file: source, subject: payer }, `payer ${payer} had no cost in the month before`),
    ),
    ...(isKnown && !before.currencies.includes(currency)
      ? [
          finding(
            "new_currency",
            { file: source, subject: currency },
            `the cost is in ${currency}; in the month before it was in ${before.currencies.join(", ")}`,
          ),
        ]
      : []),
    ...(isKnown
      ? products.map((product) =>
          finding(
            "new_product",
            { file: source, subject: product },
            `product ${JSON.stringify(product)} had no cost in the month before`,
          ),
        )
      : []),
  ];
};

/** Lines with a cost and no invoice id, once AWS should have invoiced the month. */
const invoiceFindings = ({ source, format, period, facts }: Described, { policy, now }: Baseline): Finding[] => {
  const due = addDays(monthPeriod(period).end, policy.invoice_day);
  return format === "focus" || facts.rowsWithoutInvoice === 0 || dayOf(now) < due
    ? []
    : [
        finding(
          "invoice_ids_missing",
          { file: source },
          `${facts.rowsWithoutInvoice} of ${facts.rowsWithCost} lines with a cost carry no invoice id: the delivery is not final`,
        ),
      ];
};

/** Findings about a delivery as a whole, against what is known and what the policy asks. */
export const deliveryFindings = (of: Described, baseline: Baseline): Finding[] => [
  ...lineFindings(of),
  ...missingColumnFindings(of),
  ...identityFindings(of),
  ...dayFindings(of, baseline),
  ...replacedFindings(of, baseline),
  ...driftFindings(of, baseline),
  ...noveltyFindings(of, baseline),
  ...invoiceFindings(of, baseline),
];

/**
 * Final: every line with a cost has an invoice id, and support is there if the month before had it. FOCUS carries no invoice ids: it is
 * final by approval only.
 */
export const isFinalDelivery = (of: Pick<Described, "format" | "facts" | "daily">, hadSupport: boolean): boolean =>
  of.format !== "focus" &&
  of.facts.rowsWithCost > 0 &&
  of.facts.rowsWithoutInvoice === 0 &&
  (of.daily.hasSupport || !hadSupport);
