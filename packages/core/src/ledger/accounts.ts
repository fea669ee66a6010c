/** Debits raise assets and expenses, credits raise the others. */
export type AccountType = "asset" | "liability" | "equity" | "income" | "expense";

export interface Account {
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
}

const account = (code: string, name: string, type: AccountType): Account => ({ code, name, type });

/** The chart of accounts (spec: Ledger). Numbers follow the usual order: 1 assets, 2 liabilities, 4 income, 5 to 8 expenses. */
export const ACCOUNTS = {
  cash: account("1000", "Cash at bank", "asset"),
  receivables: account("1100", "Receivables", "asset"),
  unbilledReceivables: account("1110", "Unbilled receivables", "asset"),
  withholdingReceivable: account("1150", "Withholding tax receivable", "asset"),
  disputes: account("1160", "Disputed payments", "asset"),
  prepaidCommitments: account("1300", "Prepaid AWS commitments", "asset"),
  taxPayable: account("2100", "Tax payable", "liability"),
  deferredRevenue: account("2200", "Deferred revenue", "liability"),
  customerCredits: account("2300", "Customer credits", "liability"),
  unappliedCash: account("2310", "Unapplied cash", "liability"),
  refunds: account("2320", "Refunds payable", "liability"),
  revenue: account("4000", "Revenue", "income"),
  breakage: account("4100", "Breakage of expired credit", "income"),
  costOfRevenue: account("5000", "Cost of revenue", "expense"),
  paymentFees: account("6100", "Payment fees", "expense"),
  badDebt: account("6200", "Bad debt", "expense"),
  realisedFx: account("7100", "Realised currency gain or loss", "expense"),
  unrealisedFx: account("7110", "Unrealised currency gain or loss", "expense"),
  rounding: account("7900", "Rounding", "expense"),
} as const satisfies Record<string, Account>;

/** The clearing account of a payment provider: money that it confirmed and has not paid out yet. A bank's is cash itself. */
export const clearingAccount = (provider: string): Account =>
  provider === "bank" ? ACCOUNTS.cash : account(`1050.${provider}`, `Gateway clearing: ${provider}`, "asset");
