import { type DeliveryId, digestOf } from "../kernel/index.ts";
import type { Month } from "../time/index.ts";

export type CurFormat = "cur2" | "cur-legacy" | "focus";
export type DeliveryStatus = "active" | "superseded" | "quarantined";
/** Whether the tenant tag was on the line: with a value, with a blank value, or not at all. */
export type TagState = "present" | "blank" | "absent";

/** A raw file as it came, kept by digest. */
export interface RawFile {
  readonly key: string;
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly bytes: number;
  /** The name it came with, below the folder that was imported. */
  readonly name: string;
  /** Its header, so that the next delivery can be compared with it. */
  readonly columns: readonly string[];
}

/** One columnar file of a delivery: the canonical columns of one raw file and one billing period. */
export interface ColumnarFile {
  readonly key: string;
  readonly digest: string;
  readonly bytes: number;
  readonly rows: number;
  /** Name of the raw file it was made from. */
  readonly source: string;
  /** What the raw file has in columns that came since the first delivery of its format; absent where there are none. */
  readonly added?: AddedFile;
}

/** A file of (source_digest, source_row, added), where `added` holds the members of a JSON object. */
export interface AddedFile {
  readonly key: string;
  readonly digest: string;
  readonly bytes: number;
  readonly columns: readonly string[];
}

/** Where the canonical lines of a billing month are kept: in the partition of the month, by their digest. */
export const columnarKeyOf = (period: Month, digest: string): string =>
  `lake/fact_cost_raw/billing_period=${period}/${digest}.parquet`;

/** Where the added columns of a raw file are kept, under the first billing month that it holds. */
export const addedKeyOf = (period: Month, digest: string): string =>
  `lake/fact_cost_added/billing_period=${period}/${digest}.parquet`;

/** Sums of a delivery; decimal text with 12 decimals, in its currency. Rows that restate others are not in them. */
export interface CostTotals {
  readonly unblendedCost: string;
  readonly amortizedCost: string;
  readonly netUnblendedCost: string;
  readonly netAmortizedCost: string;
  readonly upfrontPurchase: string;
  readonly amortizedUpfront: string;
}

/**
 * The same raw bytes for the same period are the same delivery, whatever their names and however often they come. Where the bytes hold
 * several currencies, each makes a delivery of its own and is named here.
 */
export const deliveryDigest = (period: Month, rawDigests: readonly string[], currency?: string): string =>
  digestOf({ period, files: rawDigests.toSorted(), ...(currency === undefined ? {} : { currency }) });

/** Whether two deliveries were made from the same raw bytes. */
export const isSameRaw = (
  a: { readonly rawFiles: readonly RawFile[] },
  b: { readonly rawFiles: readonly RawFile[] },
): boolean => rawKey(a.rawFiles) === rawKey(b.rawFiles);

const rawKey = (files: readonly RawFile[]): string =>
  files
    .map((file) => file.digest)
    .toSorted()
    .join();

const namesPayer = (payers: readonly string[]): boolean => payers.some((payer) => payer !== "");

/**
 * Whether two deliveries of a month may hold the same cost: they share a payer organisation, or one of them names none at all, so that nobody
 * can tell whose it is.
 */
export const overlapPayers = (a: readonly string[], b: readonly string[]): boolean =>
  !namesPayer(a) || !namesPayer(b) || a.some((payer) => b.includes(payer));

/** The payers that count already and whose place a delivery would take that names none; empty where it names one. */
export const unnamedOver = (
  payers: readonly string[],
  replaced: readonly { readonly payers: readonly string[] }[],
): string[] =>
  namesPayer(payers) ? [] : [...new Set(replaced.flatMap((old) => old.payers))].filter((payer) => payer !== "");

interface Placed {
  readonly currency: string;
  readonly rawFiles: readonly RawFile[];
}

/**
 * Which active deliveries of its payers a new one takes the place of: those of its currency, and (the first of several currencies does it)
 * those whose currency the new bytes do not have. `currencies` are all of the new bytes' for the period.
 */
export const replacedOf = <D extends Placed>(
  active: readonly D[],
  delivery: Placed,
  currencies: readonly string[],
): D[] =>
  active.filter(
    (old) =>
      !isSameRaw(old, delivery) &&
      (old.currency === delivery.currency ||
        (delivery.currency === currencies[0] && !currencies.includes(old.currency))),
  );

export const deliveryIdOf = (period: Month, digest: string): DeliveryId =>
  `CUR-${period}-${digest.replace("sha256:", "").slice(0, 16)}`;
