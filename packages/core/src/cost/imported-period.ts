import type { DeliveryId } from "../kernel/index.ts";
import { exact, toFixed } from "../money/index.ts";
import type { Month } from "../time/index.ts";
import type { CostTotals, CurFormat, DeliveryStatus, RawFile } from "./delivery.ts";
import { type Finding, finding } from "./finding.ts";

/** What became of one billing period of an import. Amounts are rounded to 6 decimals; `_exact` is not. */
export interface ImportedPeriod {
  readonly delivery_id: DeliveryId | null;
  /** Null when the files hold no line. */
  readonly period: Month | null;
  readonly currency: string | null;
  readonly format: CurFormat | null;
  readonly status: DeliveryStatus | "empty";
  readonly is_final: boolean;
  readonly files: number;
  readonly file_names: readonly string[];
  readonly rows: number;
  readonly total_unblended_cost: string;
  readonly total_unblended_cost_exact: string;
  readonly total_amortized_cost: string;
  readonly total_amortized_cost_exact: string;
  readonly findings: readonly Finding[];
}

const NOTHING = "0.000000000000";

interface Described extends Pick<CostTotals, "unblendedCost" | "amortizedCost"> {
  readonly deliveryId: DeliveryId;
  readonly period: Month;
  readonly currency: string;
  readonly format: CurFormat;
  readonly status: DeliveryStatus;
  readonly isFinal: boolean;
  readonly rows: number;
  readonly rawFiles: readonly RawFile[];
}

interface Empty {
  readonly period: Month | undefined;
  readonly manifest: { readonly period: Month | undefined } | undefined;
  readonly files: readonly { readonly name: string }[];
}

/** A delivery as its import reports it. */
export const importedPeriod = (delivery: Described, findings: readonly Finding[]): ImportedPeriod => ({
  delivery_id: delivery.deliveryId,
  period: delivery.period,
  currency: delivery.currency,
  format: delivery.format,
  status: delivery.status,
  is_final: delivery.isFinal,
  files: delivery.rawFiles.length,
  file_names: delivery.rawFiles.map((file) => file.name),
  rows: delivery.rows,
  total_unblended_cost: toFixed(exact(delivery.unblendedCost), 6),
  total_unblended_cost_exact: delivery.unblendedCost,
  total_amortized_cost: toFixed(exact(delivery.amortizedCost), 6),
  total_amortized_cost_exact: delivery.amortizedCost,
  findings,
});

/** A source without a line: it replaces nothing. */
export const emptyPeriod = (
  source: Empty,
  format: CurFormat | undefined,
  findings: readonly Finding[],
): ImportedPeriod => ({
  delivery_id: null,
  period: source.period ?? source.manifest?.period ?? null,
  currency: null,
  format: format ?? null,
  status: "empty",
  is_final: false,
  files: source.files.length,
  file_names: source.files.map((file) => file.name),
  rows: 0,
  total_unblended_cost: "0.000000",
  total_unblended_cost_exact: NOTHING,
  total_amortized_cost: "0.000000",
  total_amortized_cost_exact: NOTHING,
  findings,
});

/**
 * The results of an import without the deliveries that a newer one of the same period stands in the place of; the newer one says so. By
 * period, what counts before what does not.
 */
export const countingOnly = (results: readonly ImportedPeriod[]): ImportedPeriod[] =>
  [...Map.groupBy(results, (result) => result.period ?? "")]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, ofPeriod]) => {
      const active = ofPeriod.filter((result) => result.status === "active");
      const newest = active.at(-1);
      if (newest === undefined) return ofPeriod;
      const older = ofPeriod.filter((result) => result.status === "superseded");
      const findings = older.map((result) =>
        finding(
          "older_delivery",
          { file: result.file_names[0] ?? "" },
          `an older delivery of ${result.period ?? ""} (${result.rows} lines); ${newest.delivery_id ?? ""} counts in its place, and ${result.delivery_id ?? ""} stays readable`,
        ),
      );
      const others = ofPeriod.filter((result) => !active.includes(result) && !older.includes(result));
      return [...active.slice(0, -1), { ...newest, findings: [...newest.findings, ...findings] }, ...others];
    });
