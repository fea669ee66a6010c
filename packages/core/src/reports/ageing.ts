import type { OpenInvoice } from "../invoicing/index.ts";
import { type Exact, exact, fraction, multiply, sumExact } from "../money/index.ts";
import { type Day, daysBetween } from "../time/index.ts";

/** Days past due, as receivables are aged everywhere: not due, and steps of 30 days. */
const BUCKETS = [
  { bucket: "not_due", until: 0 },
  { bucket: "1_30", until: 30 },
  { bucket: "31_60", until: 60 },
  { bucket: "61_90", until: 90 },
  { bucket: "over_90", until: Number.POSITIVE_INFINITY },
] as const;

/** What is open of an invoice in US dollars, at the rate that the invoice was issued with. */
export const openUsd = (invoice: Pick<OpenInvoice, "totalMinor" | "paidMinor" | "totalUsd">): Exact =>
  multiply(exact(invoice.totalUsd), fraction(invoice.totalMinor - invoice.paidMinor, invoice.totalMinor));

/** Open receivables by how long they are past due; every bucket is there, empty or not. */
export const ageReceivables = (invoices: readonly OpenInvoice[], today: Day) => {
  const bucketOf = ({ dueDate }: OpenInvoice) => {
    const days = dueDate === null ? 0 : daysBetween(dueDate, today);
    return BUCKETS.find(({ until }) => days <= until)?.bucket;
  };
  const byBucket = Map.groupBy(invoices, bucketOf);
  return BUCKETS.map(({ bucket }) => {
    const own = byBucket.get(bucket) ?? [];
    return { bucket, invoices: own.length, usd: sumExact(own.map(openUsd)) };
  });
};
