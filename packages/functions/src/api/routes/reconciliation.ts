import {
  dailyReconciliation,
  reconciliationExceptions,
  reconciliationSummary,
  resolveException,
  runReconciliation,
} from "@commops/core/reconciliation";
import { on, routes } from "../route.ts";
import { exceptionList, summary } from "../answers/reconciliation.ts";

export const reconciliationRoutes = routes({
  "GET /reconciliation/summary": on(reconciliationSummary, "Cost, allocation and invoices of a period compared", {
    answer: summary,
  }),
  "GET /reconciliation/daily": on(dailyReconciliation, "Confirmed by providers and banks against posted, of a day"),
  "GET /reconciliation/exceptions": on(reconciliationExceptions, "What does not agree and who looks after it", {
    answer: exceptionList,
  }),
  "POST /reconciliation/exceptions/{exception_id}:resolve": on(resolveException, "Closes an exception with a reason"),
  "POST /reconciliation:run": on(runReconciliation, "Compares a period anew", { answer: summary }),
});
