import type { InvoiceId } from "../kernel/index.ts";
import type { Month, Period } from "../time/index.ts";

/** A line as an issued invoice charges it: what a correction takes back. Amounts are decimal text in US dollars. */
export type BilledLine = {
  readonly invoice_id: InvoiceId;
  readonly line_no: number;
  readonly amount: string;
  readonly cost: string;
};

/** A tax as a line carries it. */
export type LineTax = {
  readonly name: string;
  readonly jurisdiction: string | null;
  readonly category: string;
  readonly rate_percent: string;
};

/** A line as it would have been charged, had the cost been known that was delivered since. */
export type RestatedLine = {
  readonly line_id: string;
  /** Where the line stands on the invoice that is restated; null where it is not on it. */
  readonly line_no: number | null;
  readonly title: string;
  readonly sku_code: string;
  readonly sku_family: string;
  readonly metric_code: string | null;
  readonly service: Pick<Period, "start" | "end">;
  readonly amount: string;
  readonly cost: string;
  readonly allocation_ids: readonly string[];
  /** What the corrected line is taxed by, and so its correction; absent in rows that are older than this field. */
  readonly taxes?: readonly LineTax[];
};

/** Which restatement of which invoice a line comes from. */
export type RestatementRef = {
  readonly restatement_id: string;
  readonly period: Month;
  readonly invoice_id: InvoiceId;
  /** The allocation that the restated cost comes from. */
  readonly run_id: string;
  readonly allocation_digest: string;
  readonly deliveries: readonly { readonly delivery_id: string; readonly digest: string }[];
};

/** What an adjustment line adds and takes back: its amount is the restated one less all that was billed for the line so far. */
export type Adjustment = RestatementRef & {
  readonly line: RestatedLine;
  readonly billed: readonly BilledLine[];
};

/** "adjust/INV-202509-A/1/sku/nat": one correction a line of an invoice. */
export const adjustmentId = ({ invoice_id: invoiceId, line }: Adjustment): string =>
  `adjust/${invoiceId}/${line.line_id}`;
