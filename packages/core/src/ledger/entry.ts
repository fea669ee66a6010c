import { type JournalId, type TenantId, unreachable } from "../kernel/index.ts";
import type { Currency } from "../money/index.ts";
import type { Day } from "../time/index.ts";
import { type Account, ACCOUNTS, clearingAccount } from "./accounts.ts";

/** One line: debits positive, credits negative. */
export interface EntryLine {
  readonly account: Account;
  /** In US cents, the base of the ledger. */
  readonly usdMinor: bigint;
  /** In minor units of the document's currency. */
  readonly minor: bigint;
  readonly tenantId: TenantId | null;
  readonly skuFamily: string | null;
}

/** One balanced entry for one event of one document. */
export interface Entry {
  readonly documentType: string;
  readonly documentId: string;
  readonly event: string;
  readonly entryDate: Day;
  readonly description: string;
  readonly currency: Currency;
  readonly lines: readonly EntryLine[];
  readonly reverses: JournalId | null;
}

/** An amount in the document's currency and in the base; equal where the currency is USD. */
export interface Amount {
  readonly minor: bigint;
  readonly usdMinor: bigint;
}

type Head = Omit<Entry, "lines" | "reverses">;

const sumOf = (lines: readonly EntryLine[], side: "minor" | "usdMinor"): bigint =>
  lines.reduce((sum, line) => sum + line[side], 0n);

const balanced = (head: Head, lines: readonly EntryLine[], reverses: JournalId | null = null): Entry => {
  if (sumOf(lines, "usdMinor") !== 0n || sumOf(lines, "minor") !== 0n)
    unreachable(`the entry ${head.documentId} ${head.event} does not balance`);
  return { ...head, lines: lines.filter((line) => line.usdMinor !== 0n || line.minor !== 0n), reverses };
};

const debit = (account: Account, amount: Amount, tenantId: TenantId | null): EntryLine => ({
  account,
  ...amount,
  tenantId,
  skuFamily: null,
});
const negated = (amount: Amount): Amount => ({ minor: -amount.minor, usdMinor: -amount.usdMinor });
const credit = (account: Account, amount: Amount, tenantId: TenantId | null): EntryLine =>
  debit(account, negated(amount), tenantId);

/** What an issued invoice says about the books. */
export interface IssuedInvoice {
  readonly invoiceId: string;
  readonly number: string;
  readonly tenantId: TenantId;
  readonly issueDate: Day;
  readonly currency: Currency;
  readonly total: Amount;
  /** Rounded lines less their discounts, per SKU family. */
  readonly revenue: ReadonlyMap<string, Amount>;
  readonly tax: Amount;
}

const differenceOf = (lines: readonly EntryLine[]): Amount => ({
  minor: sumOf(lines, "minor"),
  usdMinor: sumOf(lines, "usdMinor"),
});

/**
 * Receivables against revenue by SKU family and tax; of a credit note, whose total is negative, the customer's credits. Cents that converting the parts by themselves leaves over go to rounding;
 * in the document's own currency nothing may be left over. Throws an internal Problem where something is.
 */
export const issueEntry = (invoice: IssuedInvoice): Entry => {
  const { tenantId } = invoice;
  const isCredit = invoice.total.minor < 0n;
  const families = [...invoice.revenue].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines: EntryLine[] = [
    debit(isCredit ? ACCOUNTS.customerCredits : ACCOUNTS.receivables, invoice.total, tenantId),
    ...families.map(([skuFamily, amount]): EntryLine => ({ ...credit(ACCOUNTS.revenue, amount, tenantId), skuFamily })),
    credit(ACCOUNTS.taxPayable, invoice.tax, tenantId),
  ];
  const difference = differenceOf(lines);
  if (difference.minor !== 0n) unreachable(`invoice ${invoice.invoiceId}: total is not revenue and tax`);
  return balanced(
    {
      documentType: "invoice",
      documentId: invoice.invoiceId,
      event: "issue",
      entryDate: invoice.issueDate,
      description: `${isCredit ? "Credit note" : "Invoice"} ${invoice.number}`,
      currency: invoice.currency,
    },
    [...lines, credit(ACCOUNTS.rounding, difference, tenantId)],
  );
};

/** Money that a provider or bank confirmed. */
export interface ReceivedPayment {
  readonly paymentId: string;
  readonly tenantId: TenantId;
  readonly provider: string;
  readonly receivedOn: Day;
  readonly currency: Currency;
  readonly received: Amount;
  /** What of it settles invoices, at the rate of the receivable. */
  readonly applied: Amount;
  /** What of it the tenant keeps as credit balance. */
  readonly kept: Amount;
  /** What the provider keeps of it. */
  readonly fee: Amount;
}

/**
 * Clearing (or cash) and fees against receivables and customer credits; what currency rates make of the same foreign amount
 * is a realised gain or loss. Throws an internal Problem when applied and kept are not what was received.
 */
export const paymentEntry = (payment: ReceivedPayment): Entry => {
  const { tenantId, received, fee } = payment;
  const net = { minor: received.minor - fee.minor, usdMinor: received.usdMinor - fee.usdMinor };
  const lines: EntryLine[] = [
    debit(clearingAccount(payment.provider), net, tenantId),
    debit(ACCOUNTS.paymentFees, fee, tenantId),
    credit(ACCOUNTS.receivables, payment.applied, tenantId),
    credit(ACCOUNTS.customerCredits, payment.kept, tenantId),
  ];
  const difference = differenceOf(lines);
  if (difference.minor !== 0n) unreachable(`payment ${payment.paymentId}: applied and kept are not what was received`);
  return balanced(
    {
      documentType: "payment",
      documentId: payment.paymentId,
      event: "payment",
      entryDate: payment.receivedOn,
      description: `Payment ${payment.paymentId} by ${payment.provider}`,
      currency: payment.currency,
    },
    [...lines, credit(ACCOUNTS.realisedFx, difference, tenantId)],
  );
};

/** The same lines with the other sign: how an entry is corrected, since none is ever edited. */
export const reversalOf = (
  journalId: JournalId,
  entry: Entry,
  reversal: { readonly event: string; readonly entryDate: Day; readonly description: string },
): Entry =>
  balanced(
    { ...entry, ...reversal },
    entry.lines.map((line) => ({ ...line, minor: -line.minor, usdMinor: -line.usdMinor })),
    journalId,
  );
