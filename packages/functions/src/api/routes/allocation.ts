import {
  allocatePeriod,
  allocationFlow,
  allocationSummary,
  explainAllocation,
  listAllocations,
  previewRules,
  verifyAllocation,
} from "@commops/core/allocation";
import { on, routes } from "../route.ts";

export const allocationRoutes = routes({
  "GET /cost/allocations": on(listAllocations, "Who bears what of a period, by which rule and key"),
  "GET /cost/allocations/{allocation_id}": on(explainAllocation, "A share with its pool and the query for its lines"),
  "GET /cost/allocations/summary": on(allocationSummary, "What an allocation adds up to, in all and per service"),
  "GET /cost/allocations/flow": on(allocationFlow, "Cost as it flows from services through rules to who bears it"),
  "POST /allocation/rules:preview": on(previewRules, "What a past period would have been with other rules, per tenant"),
  "POST /cost/allocations:run": on(allocatePeriod, "Allocates a billing month"),
  "POST /cost/allocations:verify": on(verifyAllocation, "Computes an allocation again and compares it row by row"),
});
