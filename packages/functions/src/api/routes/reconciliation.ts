import {
  reconciliationExceptions,
  reconciliationSummary,
  resolveException,
  runReconciliation,
} from "@commops/core/reconciliation";
import { on, routes } from "../route.ts";

export const reconciliationRoutes = routes({
  "GET /reconciliation/summary": on(reconciliationSummary, "Cost, allocation and invoices of a period compared"),
  "GET /reconciliation/exceptions": on(reconciliationExceptions, "What does not agree and who looks after it"),
  "POST /reconciliation/exceptions/{exception_id}:resolve": on(resolveException, "Closes an exception with a reason"),
  "POST /reconciliation:run": on(runReconciliation, "Compares a period anew"),
});
