import { createRootRoute, createRoute, createRouter, Link, Navigate, retainSearchParams } from "@tanstack/react-router";
import { approvalsSearch } from "../features/approvals/approvals-search.ts";
import { faultOf } from "../features/answers.tsx";
import { ApprovalsPage } from "../features/approvals/approvals-page.tsx";
import { invoiceIdOf } from "../features/ids.ts";
import { AuditPage, auditSearch } from "../features/audit/audit-page.tsx";
import { CostPage } from "../features/cost/cost-page.tsx";
import { costSearch } from "../features/cost/cost-search.ts";
import { InvoicePage } from "../features/invoice/invoice-page.tsx";
import { invoiceSearch } from "../features/invoice/invoice-search.ts";
import { InvoicesPage } from "../features/invoices/invoices-page.tsx";
import { invoicesSearch } from "../features/invoices/invoices-search.ts";
import { MailPage } from "../features/mail/mail-page.tsx";
import { MyPage } from "../features/my/my-page.tsx";
import { OverviewPage } from "../features/overview/overview-page.tsx";
import { PaymentsPage } from "../features/payments/payments-page.tsx";
import { paymentsSearch } from "../features/payments/payments-search.ts";
import { periodSearch } from "../features/period.ts";
import { ReconciliationPage } from "../features/reconciliation/reconciliation-page.tsx";
import { reconciliationSearch } from "../features/reconciliation/reconciliation-search.ts";
import { ExecutionPage } from "../features/workflows/execution-page.tsx";
import { executionSearch } from "../features/workflows/execution-search.ts";
import { WorkflowsPage } from "../features/workflows/workflows-page.tsx";
import { workflowsSearch } from "../features/workflows/workflows-search.ts";
import { useSession } from "../features/session/session.ts";
import { FaultNotice, Empty } from "../ui/notice.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({
  component: Shell,
  validateSearch: periodSearch,
  search: { middlewares: [retainSearchParams(["period"])] },
  notFoundComponent: () => (
    <Empty title="There is no such page">
      <Link to="/" className="link">
        To the overview
      </Link>
    </Empty>
  ),
  errorComponent: ({ error }) => <FaultNotice title="This page has a fault" fault={faultOf(error)} />,
});

/** Operators and auditors start at the overview, a tenant's people at what is theirs. */
const Home = () => (useSession().tenant_id === null ? <OverviewPage /> : <Navigate to="/my" />);

const pages = [
  createRoute({ getParentRoute: () => root, path: "/", component: Home }),
  createRoute({
    getParentRoute: () => root,
    path: "/approvals",
    component: ApprovalsPage,
    validateSearch: approvalsSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/invoices",
    component: InvoicesPage,
    validateSearch: invoicesSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/invoices/$invoiceId",
    params: {
      parse: ({ invoiceId }) => ({ invoiceId: invoiceIdOf(invoiceId) }),
      stringify: ({ invoiceId }) => ({ invoiceId }),
    },
    component: InvoicePage,
    validateSearch: invoiceSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/payments",
    component: PaymentsPage,
    validateSearch: paymentsSearch,
  }),
  createRoute({ getParentRoute: () => root, path: "/cost", component: CostPage, validateSearch: costSearch }),
  createRoute({
    getParentRoute: () => root,
    path: "/reconciliation",
    component: ReconciliationPage,
    validateSearch: reconciliationSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/workflows",
    component: WorkflowsPage,
    validateSearch: workflowsSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/workflows/$executionId",
    component: ExecutionPage,
    validateSearch: executionSearch,
  }),
  createRoute({ getParentRoute: () => root, path: "/audit", component: AuditPage, validateSearch: auditSearch }),
  createRoute({ getParentRoute: () => root, path: "/mail", component: MailPage }),
  createRoute({ getParentRoute: () => root, path: "/my", component: MyPage }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(pages),
  defaultPreload: false,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
