import type { CostBasis } from "../allocation/index.ts";

/** Limits in percent of what is compared; where that is 0 or negative, the absolute limit counts (spec: Reconciliation). */
export interface ReconciliationPolicy {
  readonly version: number;
  /** The cost basis that tenants are billed in: one for all figures of a period. */
  readonly basis: CostBasis;
  readonly taggingPercent: string;
  readonly invoicePercent: string;
  readonly paymentPercent: string;
  /** In US dollars. */
  readonly absoluteLimit: string;
}

/** The versions there were, oldest first; a reconciliation names the one that it was made with. */
const VERSIONS: readonly [ReconciliationPolicy, ...ReconciliationPolicy[]] = [
  {
    version: 1,
    basis: "amortized",
    taggingPercent: "0.5",
    invoicePercent: "0.5",
    paymentPercent: "0.5",
    absoluteLimit: "1",
  },
];

export const RECONCILIATION_POLICY: ReconciliationPolicy = VERSIONS.at(-1) ?? VERSIONS[0];
