import { getRouteApi } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { JsonText } from "../../ui/json-text.tsx";
import { Age, Moment } from "../../ui/moment.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Status, stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { useTenantName } from "../names.ts";
import { NextPage } from "../next-page.tsx";
import { fieldsOf, textOf } from "../plain-data.ts";
import { searchWord } from "../search.ts";
import { may, useSession } from "../session/session.ts";
import { RUN_STATUSES } from "./workflows-search.ts";

const route = getRouteApi("/workflows");

type Run = Answer<"GET /workflows">["runs"][number];

const columnsFor = (
  nameOf: (id: string | null) => string,
  retry: ((runId: string) => void) | undefined,
): readonly Column<Run>[] => [
  {
    key: "kind",
    head: "Work",
    cell: (row) => <span className="font-medium">{row.kind}</span>,
    sortBy: (row) => row.kind,
  },
  { key: "tenant", head: "Tenant", isMinor: true, cell: (row) => nameOf(row.tenant_id) },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} />, sortBy: (row) => row.status },
  {
    key: "made",
    head: "Made",
    isMinor: true,
    cell: (row) => (row.invoice_id === null ? "—" : <InvoiceLink id={row.invoice_id} />),
  },
  {
    key: "asked",
    head: "Asked",
    isMinor: true,
    cell: (row) => <Moment at={row.created_at} />,
    sortBy: (row) => row.created_at,
  },
  { key: "age", head: "Age", cell: (row) => <Age at={row.created_at} />, sortBy: (row) => row.created_at },
  {
    key: "details",
    head: "Details",
    cell: (row) => (
      <details>
        <summary className="link cursor-pointer whitespace-nowrap">Show</summary>
        <div className="w-[min(34rem,70vw)] space-y-2 pt-2">
          <JsonText
            label={`Details of ${row.run_id}`}
            value={{ run_id: row.run_id, trace_id: row.trace_id, result: row.result, error: row.error }}
          />
          {row.status === "failed" && retry && <Button onClick={() => retry(row.run_id)}>Do it again</Button>}
        </div>
      </details>
    ),
  },
];

const CSV_HEAD = ["run_id", "kind", "tenant_id", "status", "created_at", "started_at", "ended_at", "error"];

const csvRows = (runs: readonly Run[]): string[][] =>
  runs.map((row) => [
    row.run_id,
    row.kind,
    row.tenant_id ?? "",
    row.status,
    row.created_at,
    row.started_at ?? "",
    row.ended_at ?? "",
    textOf(fieldsOf(row.error)["message"]) ?? "",
  ]);

const StatusFilter = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (status: (typeof RUN_STATUSES)[number] | undefined): void => {
    navigate({ search: (before) => ({ ...before, page: undefined, status }), replace: true }).catch(() => undefined);
  };
  return (
    <FilterBar>
      <Select
        label="Status"
        options={[["", "Any status"], ...RUN_STATUSES.map((one) => [one, stateText(one)] as const)]}
        value={searchWord(RUN_STATUSES, search.status) ?? ""}
        onChange={(event) => change(searchWord(RUN_STATUSES, event.target.value))}
      />
    </FilterBar>
  );
};

const RunList = ({ runs, next }: { readonly runs: readonly Run[]; readonly next: string | null }) => {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useTenantName();
  const session = useSession();
  const retrying = useChange("POST /workflows/{run_id}:retry");
  if (runs.length === 0)
    return <Empty title="No run matches">Imports and drafts that go on behind their request stand here.</Empty>;
  const retry = may(session, "workflows:write") ? (runId: string) => retrying.mutate({ run_id: runId }) : undefined;
  return (
    <>
      <div aria-live="polite" className="p-4 empty:hidden">
        {retrying.isError && <FaultNotice title="Not done again" fault={faultOf(retrying.error)} />}
      </div>
      <Table
        caption="Background runs"
        columns={columnsFor(nameOf, retry)}
        rows={runs}
        keyOf={(row) => row.run_id}
        sort={sort}
        onSort={(by) => {
          navigate({ search: (before) => ({ ...before, sort: by }), replace: true }).catch(() => undefined);
        }}
      />
      <NextPage token={next}>Earlier runs</NextPage>
    </>
  );
};

/** Work that went on after a request was answered; what failed can be done again. */
export const Runs = () => {
  const { status, page } = route.useSearch();
  const shown = searchWord(RUN_STATUSES, status);
  const query = useAnswer(
    "GET /workflows",
    {
      page_size: 50,
      ...(shown === undefined ? {} : { status: shown }),
      ...(page === undefined ? {} : { page_token: page }),
    },
    { isGoingOn: ({ runs }) => runs.some((run) => run.status === "running") },
  );
  return (
    <Panel
      title="Background runs"
      isFlush
      aside={query.data && <CsvButton filename="runs.csv" head={CSV_HEAD} rows={() => csvRows(query.data.runs)} />}
    >
      <StatusFilter />
      <Ready query={query} what="the runs">
        {({ runs, next_page_token: next }) => <RunList runs={runs} next={next} />}
      </Ready>
    </Panel>
  );
};
