import {
  allocatePeriod,
  allocationFlow,
  allocationSummary,
  applyRules,
  explainAllocation,
  listAllocations,
  listRules,
  planRuleChange,
  previewRules,
  putRule,
  retireRule,
  ruleVersions,
  setAllocationPolicy,
  verifyAllocation,
} from "@commops/core/allocation";
import { on, routes } from "../route.ts";

export const allocationRoutes = routes({
  "GET /cost/allocations": on(listAllocations, "Who bears what of a period, by which rule and key"),
  "GET /cost/allocations/{allocation_id}": on(explainAllocation, "A share with its pool and the query for its lines"),
  "GET /cost/allocations/summary": on(allocationSummary, "What an allocation adds up to, in all and per service"),
  "GET /cost/allocations/flow": on(allocationFlow, "Cost as it flows from services through rules to who bears it"),
  "PUT /allocation/policy": on(setAllocationPolicy, "Where credits, refunds, discounts and fees go, from a day on"),
  "GET /allocation/rules": on(listRules, "Allocation rules and routing policy in force for a month"),
  "GET /allocation/rules/{rule_id}/versions": on(ruleVersions, "Every version of an allocation rule"),
  "POST /allocation/rules": on(putRule, "Adds a rule, or a version of one, from a day on", {
    isCreated: (result) => result.applied,
  }),
  "POST /allocation/rules/{rule_id}:retire": on(retireRule, "Ends a rule from a day on"),
  "POST /allocation/rules:plan": on(planRuleChange, "What applying rules would change, field by field"),
  "POST /allocation/rules:apply": on(applyRules, "Applies rules as new versions, all or none"),
  "POST /allocation/rules:preview": on(previewRules, "What a past period would have been with other rules, per tenant"),
  "POST /cost/allocations:run": on(allocatePeriod, "Allocates a billing month"),
  "POST /cost/allocations:verify": on(verifyAllocation, "Computes an allocation again and compares it row by row"),
});
