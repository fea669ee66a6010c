import { type Amount, type Entry, issueEntry } from "../ledger/index.ts";
import { parseMoney } from "../money/index.ts";
import type { InvoiceId, TenantId } from "../kernel/index.ts";
import type { Day } from "../time/index.ts";
import type { DraftDocument } from "./draft-document.ts";

const inUsd = (text: string): Amount => {
  const { minor } = parseMoney(text, "USD");
  return { minor, usdMinor: minor };
};

/** Rounded lines less their discounts, per SKU family. */
const revenueOf = (document: DraftDocument): Map<string, Amount> => {
  const families = new Map<string, Amount>();
  for (const line of document.lines) {
    const [amount, discount] = [inUsd(line.amount), inUsd(line.discount)];
    const before = families.get(line.sku_family)?.minor ?? 0n;
    const minor = before + amount.minor - discount.minor;
    families.set(line.sku_family, { minor, usdMinor: minor });
  }
  return families;
};

/** What the issue of a document posts to the books. Throws an internal Problem where its total is not its lines and tax. */
export const issuedEntry = (
  document: DraftDocument,
  issued: {
    readonly invoiceId: InvoiceId;
    readonly tenantId: TenantId;
    readonly number: string;
    readonly issueDate: Day;
  },
): Entry =>
  issueEntry({
    ...issued,
    currency: document.currency,
    total: inUsd(document.total),
    revenue: revenueOf(document),
    tax: inUsd(document.tax),
  });
