import {
  dailyReconciliation,
  reconciliationExceptions,
  reconciliationSummary,
  resolveException,
  runReconciliation,
} from "@commops/core/reconciliation";
import { listRestatements, restatePeriod } from "@commops/core/invoicing";
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
  "GET /reconciliation/restatements": on(
    listRestatements,
    "What later deliveries owe to the issued invoices of a period, and what the operator bears",
  ),
  "POST /reconciliation/restatements:run": on(restatePeriod, "Holds issued invoices against the newest allocation"),
  "POST /reconciliation:run": on(runReconciliation, "Compares a period anew", { answer: summary }),
});
