import { getRouteApi } from "@tanstack/react-router";
import { addMonths, dayOf, type Month, monthOf, tryMonth } from "@commops/core/time";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Select } from "../../ui/field.tsx";
import { DayText, monthText } from "../../ui/moment.tsx";
import { useNow } from "../../ui/now.ts";
import { Empty } from "../../ui/notice.tsx";
import { Facts, PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { useSession } from "../session/session.ts";
import { UsagePanel } from "./usage-panel.tsx";

const route = getRouteApi("/my");
const MONTHS_SHOWN = 12;

type InvoiceHead = Answer<"GET /invoices">["invoices"][number];

const COLUMNS: readonly Column<InvoiceHead>[] = [
  { key: "id", head: "Invoice", cell: (row) => <InvoiceLink id={row.invoice_id} number={row.number} /> },
  { key: "period", head: "Month", isMinor: true, cell: (row) => monthText(row.period_start.slice(0, 7)) },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} /> },
  { key: "due", head: "Due", isMinor: true, cell: (row) => <DayText day={row.due_date} /> },
  {
    key: "total",
    head: "Total",
    align: "right",
    cell: (row) => <Amount value={row.total_usd_exact} className="font-medium" />,
  },
  { key: "open", head: "To pay", align: "right", isMinor: true, cell: (row) => <Amount value={row.open_usd_exact} /> },
];

const PlanPanel = ({ tenantId }: { readonly tenantId: string }) => (
  <Panel title="Your plan">
    <Ready query={useAnswer("GET /tenants/{tenant_id}", { tenant_id: tenantId })} what="your plan">
      {(tenant) => (
        <Facts
          rows={[
            ["Plan", tenant.current_plan ?? "none"],
            ["Seats", String(tenant.seats)],
            ["Invoices go to", tenant.billing_contact.email ?? "no address yet"],
          ]}
        />
      )}
    </Ready>
  </Panel>
);

const InvoicesPanel = () => (
  <Panel title="Your invoices" isFlush>
    <Ready query={useAnswer("GET /invoices", { page_size: 200 })} what="your invoices">
      {({ invoices }) =>
        invoices.length === 0 ? (
          <Empty title="No invoice yet">The first one comes after the end of your first month.</Empty>
        ) : (
          <Table caption="Your invoices" columns={COLUMNS} rows={invoices} keyOf={(row) => row.invoice_id} />
        )
      }
    </Ready>
  </Panel>
);

/** A tenant's own page: what was used, what was billed, what is to pay. */
export const MyPage = () => {
  const { tenant_id: tenantId } = useSession();
  const { period } = route.useSearch();
  const navigate = route.useNavigate();
  const thisMonth = monthOf(dayOf(useNow()));
  const months = Array.from({ length: MONTHS_SHOWN }, (_, index) => addMonths(thisMonth, -index));
  const month: Month = tryMonth(period ?? "") ?? addMonths(thisMonth, -1);
  if (tenantId === null) return <Empty title="This page is a tenant's own">Sign in as one of its people.</Empty>;
  return (
    <>
      <PageHead
        title="My usage and invoices"
        lead="What you used, what it came to, and why: every amount on an invoice opens to its steps."
        actions={
          <Select
            label="Month"
            options={months.map((one) => [one, monthText(one)] as const)}
            value={month}
            onChange={(event) => {
              const next = event.target.value;
              navigate({ search: { period: next }, replace: true }).catch(() => undefined);
            }}
          />
        }
      />
      <div className="space-y-5">
        <div className="grid items-start gap-5 lg:grid-cols-[1fr_20rem]">
          <InvoicesPanel />
          <PlanPanel tenantId={tenantId} />
        </div>
        <UsagePanel tenantId={tenantId} month={month} />
      </div>
    </>
  );
};
