import { getRouteApi } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { CsvLink } from "../../ui/csv-link.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { DayText } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { useTenantName, useTenantOptions } from "../names.ts";
import { searchText, searchWord } from "../search.ts";
import { PAYMENT_STATUSES, type PaymentsSearch } from "./payments-search.ts";
import { Pending } from "./pending.tsx";

const route = getRouteApi("/payments");

type Payment = Answer<"GET /payments">["payments"][number];

const columnsFor = (nameOf: (id: string) => string): readonly Column<Payment>[] => [
  {
    key: "received",
    head: "Received",
    isMinor: true,
    cell: (row) => <DayText day={row.received_on} />,
    sortBy: (row) => row.received_on,
  },
  {
    key: "tenant",
    head: "Tenant",
    isMinor: true,
    cell: (row) => nameOf(row.tenant_id),
    sortBy: (row) => nameOf(row.tenant_id),
  },
  {
    key: "invoice",
    head: "Invoice",
    cell: (row) => (row.invoice_id === null ? "—" : <InvoiceLink id={row.invoice_id} />),
  },
  {
    key: "reference",
    head: "Reference",
    isMinor: true,
    cell: (row) => <span className="figures">{row.provider_ref}</span>,
  },
  { key: "method", head: "Method", isMinor: true, cell: (row) => `${row.method.replace("_", " ")}, ${row.provider}` },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} />, sortBy: (row) => row.status },
  {
    key: "amount",
    head: "Amount",
    align: "right",
    cell: (row) => <Amount value={row.amount} currency={row.currency} className="font-medium" />,
    sortBy: (row) => row.amount_usd,
  },
];

const Filters = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tenants = useTenantOptions();
  const change = (part: PaymentsSearch): void => {
    navigate({ search: (before) => ({ ...before, ...part }), replace: true }).catch(() => undefined);
  };
  return (
    <FilterBar>
      <Select
        label="Status"
        options={[["", "Any status"], ...PAYMENT_STATUSES.map((one) => [one, one] as const)]}
        value={search.status ?? ""}
        onChange={(event) => change({ status: searchWord(PAYMENT_STATUSES, event.target.value) })}
      />
      <Select
        label="Tenant"
        options={[["", "Every tenant"], ...tenants]}
        value={search.tenant ?? ""}
        onChange={(event) => change({ tenant: searchText(event.target.value) })}
      />
    </FilterBar>
  );
};

const HEAD = [
  "payment_id",
  "received_on",
  "tenant_id",
  "invoice_id",
  "provider",
  "provider_ref",
  "status",
  "amount",
  "currency",
];

const csvRows = (payments: readonly Payment[]): string[][] =>
  payments.map((row) => [
    row.payment_id,
    row.received_on,
    row.tenant_id,
    row.invoice_id ?? "",
    row.provider,
    row.provider_ref,
    row.status,
    row.amount,
    row.currency,
  ]);

/** What came in, and what a second person still has to approve. */
export const PaymentsPage = () => {
  const { status, tenant, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useTenantName();
  const query = useAnswer("GET /payments", {
    page_size: 200,
    ...(status === undefined ? {} : { status }),
    ...(tenant === undefined ? {} : { tenant_id: tenant }),
  });
  return (
    <>
      <PageHead
        title="Payments"
        lead="What came in, of every period. A manual payment settles nothing until a second person approves it."
        actions={
          <>
            {query.data && <CsvButton filename="payments.csv" head={HEAD} rows={() => csvRows(query.data.payments)} />}
            <CsvLink table="payment_txn" />
          </>
        }
      />
      <div className="space-y-5">
        <Pending />
        <Panel title="All payments" isFlush>
          <Filters />
          <Ready query={query} what="the payments">
            {({ payments }) =>
              payments.length === 0 ? (
                <Empty title="No payment matches">A bank transfer is recorded on the page of its invoice.</Empty>
              ) : (
                <Table
                  caption="Payments"
                  columns={columnsFor(nameOf)}
                  rows={payments}
                  keyOf={(row) => row.payment_id}
                  sort={sort}
                  onSort={(next) => {
                    navigate({ search: (before) => ({ ...before, sort: next }), replace: true }).catch(() => undefined);
                  }}
                />
              )
            }
          </Ready>
        </Panel>
      </div>
    </>
  );
};
