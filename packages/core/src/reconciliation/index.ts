export * from "./exceptions.action.ts";
export { RECONCILIATION_POLICY, type ReconciliationPolicy } from "./policy.ts";
export { reconciliationSummary, runReconciliation } from "./run-reconciliation.action.ts";
