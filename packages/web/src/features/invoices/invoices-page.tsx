import { getRouteApi, Link } from "@tanstack/react-router";
import { exact, sumExact, toText } from "@commops/core/money";
import { Amount } from "../../ui/amount.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { CsvLink } from "../../ui/csv-link.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { monthText } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { stateText } from "../../ui/status.tsx";
import { Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { useTenantName, useTenantOptions } from "../names.ts";
import { usePeriod } from "../period.ts";
import { searchText, searchWord } from "../search.ts";
import { CSV_HEAD, csvRows, invoiceColumns, type InvoiceHead } from "./invoice-columns.tsx";
import { DraftMonth } from "./draft-month.tsx";
import { type InvoicesSearch, STATUSES } from "./invoices-search.ts";

const route = getRouteApi("/invoices");

const STATUS_OPTIONS = [["", "Any status"], ...STATUSES.map((one) => [one, stateText(one)] as const)] as const;

const useInvoices = () => {
  const { status, tenant, span, page } = route.useSearch();
  const { start, end, isKnown } = usePeriod();
  return useAnswer(
    "GET /invoices",
    {
      page_size: 200,
      ...(span === "all" ? {} : { from: start, to: end }),
      ...(status === undefined ? {} : { status }),
      ...(tenant === undefined ? {} : { tenant_id: tenant }),
      ...(page === undefined ? {} : { page_token: page }),
    },
    { isEnabled: isKnown },
  );
};

const Filters = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tenants = useTenantOptions();
  const { month } = usePeriod();
  const change = (part: InvoicesSearch): void => {
    navigate({ search: (before) => ({ ...before, page: undefined, ...part }), replace: true }).catch(() => undefined);
  };
  return (
    <FilterBar>
      <Select
        label="Status"
        options={STATUS_OPTIONS}
        value={search.status ?? ""}
        onChange={(event) => change({ status: searchWord(STATUSES, event.target.value) })}
      />
      <Select
        label="Tenant"
        options={[["", "Every tenant"], ...tenants]}
        value={search.tenant ?? ""}
        onChange={(event) => change({ tenant: searchText(event.target.value) })}
      />
      <Select
        label="Time"
        options={[
          ["", monthText(month)],
          ["all", "Every period"],
        ]}
        value={search.span ?? ""}
        onChange={(event) => change({ span: searchWord(["all"], event.target.value) })}
      />
    </FilterBar>
  );
};

/** What is listed, summed; what was discarded or cancelled asks nobody for anything, and is counted by itself. */
const Totals = ({ invoices }: { readonly invoices: readonly InvoiceHead[] }) => {
  const standing = invoices.filter(({ status }) => status !== "discarded" && status !== "cancelled");
  const ended = invoices.length - standing.length;
  const sum = (amountOf: (one: InvoiceHead) => string): string =>
    toText(sumExact(standing.map((one) => exact(amountOf(one)))));
  return (
    <p className="flex flex-wrap justify-end gap-x-6 gap-y-1 border-t border-line px-4 py-3 text-sm">
      <span className="mr-auto text-muted">
        {standing.length} invoices{ended > 0 && `, and ${ended} discarded or cancelled`}
      </span>
      <span>
        Total <Amount className="ml-2 font-semibold" value={sum((one) => one.total_usd_exact)} />
      </span>
      <span>
        Open <Amount className="ml-2 font-semibold" value={sum((one) => one.open_usd_exact)} />
      </span>
    </p>
  );
};

const InvoiceList = ({
  invoices,
  nextPage,
}: {
  readonly invoices: readonly InvoiceHead[];
  readonly nextPage: string | null;
}) => {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useTenantName();
  if (invoices.length === 0)
    return (
      <Empty title="No invoice matches">
        Widen the filters, or draft the month&apos;s invoices once its cost is allocated.
      </Empty>
    );
  return (
    <>
      <Table
        caption="Invoices"
        columns={invoiceColumns(nameOf)}
        rows={invoices}
        keyOf={(row) => row.invoice_id}
        sort={sort}
        onSort={(next) => {
          navigate({ search: (before) => ({ ...before, sort: next }), replace: true }).catch(() => undefined);
        }}
      />
      <Totals invoices={invoices} />
      {nextPage !== null && (
        <p className="border-t border-line p-3 text-right">
          <Link
            from="/invoices"
            to="/invoices"
            search={(before) => ({ ...before, page: nextPage })}
            className={buttonClass()}
          >
            Next page
          </Link>
        </p>
      )}
    </>
  );
};

/** All invoices, by status, tenant and period. */
export const InvoicesPage = () => {
  const query = useInvoices();
  return (
    <>
      <PageHead
        title="Invoices"
        lead="Drafts, what waits for approval, and what was issued; each opens to its lines and to the cost behind them."
        actions={
          <>
            {query.data && (
              <CsvButton filename="invoices.csv" head={CSV_HEAD} rows={() => csvRows(query.data.invoices)} />
            )}
            <CsvLink table="invoice_header" />
            <DraftMonth />
          </>
        }
      />
      <Panel isFlush>
        <Filters />
        <Ready query={query} what="the invoices">
          {(data) => <InvoiceList invoices={data.invoices} nextPage={data.next_page_token} />}
        </Ready>
      </Panel>
    </>
  );
};
