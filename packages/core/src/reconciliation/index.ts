export type { Check, CheckName } from "./check.ts";
export { dailyReconciliation } from "./daily-reconciliation.action.ts";
export * from "./exceptions.action.ts";
export type { Figures, InvoiceFigure } from "./figures.ts";
export { RECONCILIATION_POLICY, type ReconciliationPolicy } from "./policy.ts";
export type { Reconciliation } from "./reconcile.ts";
export { countExceptions } from "./reconciliation.store.ts";
export { reconciliationSummary, runReconciliation } from "./run-reconciliation.action.ts";
export { readStanding, type Standing } from "./standing.store.ts";
