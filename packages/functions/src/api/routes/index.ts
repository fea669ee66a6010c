import { alertRoutes } from "./alerts.ts";
import { allocationRoutes } from "./allocation.ts";
import { approvalRoutes } from "./approvals.ts";
import { auditRoutes } from "./audit.ts";
import { costRoutes } from "./cost.ts";
import { invoiceRoutes } from "./invoices.ts";
import { ledgerRoutes } from "./ledger.ts";
import { paymentRoutes } from "./payments.ts";
import { peopleRoutes } from "./people.ts";
import { periodRoutes } from "./periods.ts";
import { planRoutes } from "./plans.ts";
import { pricingRoutes } from "./pricing.ts";
import { reconciliationRoutes } from "./reconciliation.ts";
import { reportRoutes } from "./reports.ts";
import { ruleRoutes } from "./rules.ts";
import { tenantRoutes } from "./tenants.ts";
import { usageRoutes } from "./usage.ts";
import { workflowRoutes } from "./workflows.ts";

/** Every route of the API that runs a use case. The router, the API description and the permission test read this list. */
export const allRoutes = {
  ...alertRoutes,
  ...allocationRoutes,
  ...approvalRoutes,
  ...auditRoutes,
  ...costRoutes,
  ...invoiceRoutes,
  ...ledgerRoutes,
  ...paymentRoutes,
  ...peopleRoutes,
  ...periodRoutes,
  ...planRoutes,
  ...pricingRoutes,
  ...reconciliationRoutes,
  ...reportRoutes,
  ...ruleRoutes,
  ...tenantRoutes,
  ...usageRoutes,
  ...workflowRoutes,
};

export type AllRoutes = typeof allRoutes;
