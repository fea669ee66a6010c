import { getRouteApi } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select, TextField } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Age, durationText, Moment } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Status, stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { NextPage } from "../next-page.tsx";
import { searchText, searchWord } from "../search.ts";
import { ExecutionLink } from "../execution-link.tsx";
import { STATUSES, type WorkflowsSearch, workflowsSearch } from "./workflows-search.ts";

const route = getRouteApi("/workflows");

type Execution = Answer<"GET /workflows/executions">["executions"][number];

const PAGE_ROWS = 50;

const lastedOf = ({ started_at: start, stopped_at: stop }: Execution): number =>
  stop === null ? Number.POSITIVE_INFINITY : Date.parse(stop) - Date.parse(start);

const COLUMNS: readonly Column<Execution>[] = [
  {
    key: "name",
    head: "Execution",
    cell: (row) => <ExecutionLink id={row.execution_id} name={row.name} />,
    sortBy: (row) => row.name,
  },
  { key: "machine", head: "Machine", cell: (row) => row.machine, sortBy: (row) => row.machine, isMinor: true },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} />, sortBy: (row) => row.status },
  {
    key: "started",
    head: "Started",
    cell: (row) => <Moment at={row.started_at} />,
    sortBy: (row) => row.started_at,
    isMinor: true,
  },
  { key: "age", head: "Age", cell: (row) => <Age at={row.started_at} />, sortBy: (row) => row.started_at },
  {
    key: "lasted",
    head: "Took",
    align: "right",
    isMinor: true,
    cell: (row) =>
      row.stopped_at === null ? <span className="text-muted">goes on</span> : durationText(lastedOf(row)),
    sortBy: lastedOf,
  },
  {
    key: "redriven",
    head: "Redriven",
    align: "right",
    isMinor: true,
    cell: (row) => <span className="figures">{row.redrive_count}</span>,
    sortBy: (row) => row.redrive_count,
  },
];

const CSV_HEAD = ["execution_arn", "machine", "name", "status", "started_at", "stopped_at", "redrive_count"];

const csvRows = (executions: readonly Execution[]): string[][] =>
  executions.map((row) => [
    row.execution_arn,
    row.machine,
    row.name,
    row.status,
    row.started_at,
    row.stopped_at ?? "",
    String(row.redrive_count),
  ]);

const useFilter = () => {
  const navigate = route.useNavigate();
  return (part: WorkflowsSearch): void => {
    navigate({ search: (before) => ({ ...before, page: undefined, ...part }), replace: true }).catch(() => undefined);
  };
};

const Filters = () => {
  const search = route.useSearch();
  const change = useFilter();
  const machines = useAnswer("GET /workflows/machines", {});
  const names = (machines.data?.machines ?? []).map(({ machine }) => [machine, machine] as const);
  const days = (key: "from" | "to", value: string): void => change({ [key]: workflowsSearch({ [key]: value })[key] });
  return (
    <FilterBar>
      <Select
        label="Machine"
        options={[["", "Every machine"], ...names]}
        value={search.machine ?? ""}
        onChange={(event) => change({ machine: searchText(event.target.value) })}
      />
      <Select
        label="Status"
        options={[["", "Any status"], ...STATUSES.map((one) => [one, stateText(one)] as const)]}
        value={search.status ?? ""}
        onChange={(event) => change({ status: searchWord(STATUSES, event.target.value) })}
      />
      <TextField
        label="Name has"
        placeholder="INV-…"
        defaultValue={search.name}
        key={search.name}
        onBlur={(event) => change({ name: searchText(event.target.value) })}
        onKeyDown={(event) => {
          if (event.key === "Enter") change({ name: searchText(event.currentTarget.value) });
        }}
      />
      <TextField
        label="Started from"
        type="date"
        value={search.from ?? ""}
        onChange={(event) => days("from", event.target.value)}
      />
      <TextField
        label="Started until"
        type="date"
        value={search.to ?? ""}
        onChange={(event) => days("to", event.target.value)}
      />
    </FilterBar>
  );
};

const List = ({ executions, next }: { readonly executions: readonly Execution[]; readonly next: string | null }) => {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  if (executions.length === 0)
    return (
      <Empty title="No execution matches">
        Widen the filters. Machines start by their schedules, by what comes in, or by hand.
      </Empty>
    );
  return (
    <>
      <Table
        caption="Executions"
        columns={COLUMNS}
        rows={executions}
        keyOf={(row) => row.execution_id}
        sort={sort}
        onSort={(by) => {
          navigate({ search: (before) => ({ ...before, sort: by }), replace: true }).catch(() => undefined);
        }}
      />
      <NextPage token={next}>Earlier executions</NextPage>
    </>
  );
};

/** Executions of state machines, by machine, status, name and day. */
export const Executions = () => {
  const { machine, status, name, from, to, page } = route.useSearch();
  const query = useAnswer(
    "GET /workflows/executions",
    {
      page_size: PAGE_ROWS,
      ...(machine === undefined ? {} : { machine }),
      ...(status === undefined ? {} : { status }),
      ...(name === undefined ? {} : { name }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(page === undefined ? {} : { page_token: page }),
    },
    { isGoingOn: ({ executions }) => (executions.some((one) => one.status === "running") ? 5000 : false) },
  );
  return (
    <Panel
      title="Executions"
      isFlush
      aside={
        query.data && (
          <CsvButton filename="executions.csv" head={CSV_HEAD} rows={() => csvRows(query.data.executions)} />
        )
      }
    >
      <Filters />
      <Ready query={query} what="the executions">
        {({ executions, next_page_token: next }) => <List executions={executions} next={next} />}
      </Ready>
    </Panel>
  );
};
