export { allocate, allocatePools, costText } from "./allocate.ts";
export * from "./allocatable-periods.action.ts";
export { allocatePeriod } from "./allocate-period.action.ts";
export {
  activeRuns,
  type AllocatedCostRow,
  type AllocationRunRow,
  readAllocatedRows,
  readFindings,
  readRun,
} from "./allocation.store.ts";
export { allocationFlow } from "./allocation-flow.action.ts";
export { allocationSummary } from "./allocation-summary.action.ts";
export { billedMonths, keepBaseline, readBaseline } from "./baseline.store.ts";
export { applyRules, planRuleChange, putRule, retireRule } from "./change-rules.action.ts";
export { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
export { linesBehind } from "./evidence-lines.action.ts";
export { type EvidenceQuery, evidenceQuery } from "./evidence.ts";
export { listRules, ruleVersions } from "./list-rules.action.ts";
export { explainAllocation, listAllocations } from "./list-allocations.action.ts";
export * from "./plan.ts";
export * from "./policy.ts";
export { previewRules } from "./preview-rules.action.ts";
export * from "./rule.ts";
export {
  readAllocationPolicy,
  readAllocationRules,
  setAllocationRuleStatus,
  storeAllocationPolicy,
  storeAllocationRules,
} from "./rules.store.ts";
export { setAllocationPolicy } from "./set-policy.action.ts";
export { categoryOf } from "./selector.ts";
export { type AllocationSummary } from "./summary.store.ts";
export { type AllocationVerdict, verifyAllocation } from "./verify-allocation.action.ts";
export { type CostShare, costShares, sharesById } from "./shares.store.ts";
