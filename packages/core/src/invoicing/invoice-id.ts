import type { InvoiceId } from "../kernel/index.ts";
import type { Period } from "../time/index.ts";
import type { InvoiceKind } from "./invoice.ts";

/**
 * `INV-<YYYYMM>-<tenant suffix>` for the first regular invoice of a period, with `-<kind>-<n>` for every other.
 * @param earlier how many invoices of this tenant, period and kind there were before, discarded and cancelled ones included.
 */
export const invoiceIdOf = (of: {
  readonly period: Period;
  readonly suffix: string;
  readonly kind: InvoiceKind;
  readonly earlier: number;
}): InvoiceId => {
  const base: InvoiceId = `INV-${of.period.start.slice(0, 7).replace("-", "")}-${of.suffix}`;
  return of.kind === "regular" && of.earlier === 0 ? base : `${base}-${of.kind}-${of.earlier + 1}`;
};
