import { getRouteApi } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { JsonText } from "../../ui/json-text.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Instant } from "../../ui/moment.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { NextPage } from "../next-page.tsx";
import { fieldsOf } from "../plain-data.ts";
import { searchText, searchWord } from "../search.ts";
import { type ExecutionSearch, ORDERS } from "./execution-search.ts";
import type { Execution } from "./graph/standing.ts";
import { useUntilEnd } from "./use-until-end.ts";

const route = getRouteApi("/workflows/$executionId");

type Event = Answer<"GET /workflows/executions/{execution_id}/history">["events"][number];

const TYPES = [
  ["", "Every event"],
  ["StateEntered", "State entered"],
  ["StateExited", "State left"],
  ["Scheduled", "Task scheduled"],
  ["Succeeded", "Succeeded"],
  ["Failed", "Failed"],
  ["TimedOut", "Timed out"],
  ["Execution", "Of the execution"],
] as const;

const COLUMNS: readonly Column<Event>[] = [
  { key: "id", head: "No", align: "right", cell: (row) => <span className="figures">{row.event_id}</span> },
  { key: "at", head: "When", cell: (row) => <Instant at={row.at} /> },
  {
    key: "type",
    head: "Event",
    cell: (row) => <span className="font-medium">{row.type}</span>,
  },
  { key: "state", head: "State", isMinor: true, cell: (row) => row.state ?? "—" },
  {
    key: "details",
    head: "Carries",
    cell: (row) =>
      Object.keys(fieldsOf(row.details)).length === 0 ? (
        <span className="text-muted">nothing</span>
      ) : (
        <details>
          <summary className="link cursor-pointer whitespace-nowrap">Show</summary>
          <div className="w-[min(34rem,70vw)] pt-2">
            <JsonText label={`What event ${row.event_id} carries`} value={row.details} />
          </div>
        </details>
      ),
  },
];

const Filters = ({ execution }: { readonly execution: Execution }) => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: ExecutionSearch): void => {
    navigate({
      search: (before) => ({ ...before, page: undefined, ...part }),
      replace: true,
      resetScroll: false,
    }).catch(() => undefined);
  };
  return (
    <FilterBar>
      <Select
        label="State"
        options={[["", "Every state"], ...execution.states.map(({ name }) => [name, name] as const)]}
        value={search.state ?? ""}
        onChange={(event) => change({ state: searchText(event.target.value) })}
      />
      <Select
        label="Events"
        options={TYPES}
        value={search.type ?? ""}
        onChange={(event) => change({ type: searchText(event.target.value) })}
      />
      <Select
        label="Order"
        options={[
          ["", "Newest first"],
          ["oldest", "Oldest first"],
        ]}
        value={search.order === "oldest" ? "oldest" : ""}
        onChange={(event) => change({ order: searchWord(ORDERS, event.target.value) })}
      />
    </FilterBar>
  );
};

const CSV_HEAD = ["event_id", "at", "type", "state", "details"];

const csvRows = (events: readonly Event[]): string[][] =>
  events.map((row) => [String(row.event_id), row.at, row.type, row.state ?? "", JSON.stringify(row.details)]);

/** What happened, event by event. */
export const History = ({ execution }: { readonly execution: Execution }) => {
  const { state, type, order, page } = route.useSearch();
  const asked = useAnswer(
    "GET /workflows/executions/{execution_id}/history",
    {
      execution_id: execution.execution_id,
      order: order ?? "newest",
      page_size: 50,
      ...(state === undefined ? {} : { state }),
      ...(type === undefined ? {} : { type }),
      ...(page === undefined ? {} : { page_token: page }),
    },
    { isGoingOn: () => execution.status === "running" && 2000 },
  );
  const query = useUntilEnd(asked, execution.status);
  return (
    <Panel
      title={`History, ${execution.events} events`}
      isFlush
      aside={
        query.data && (
          <CsvButton filename={`${execution.name}.csv`} head={CSV_HEAD} rows={() => csvRows(query.data.events)} />
        )
      }
    >
      <Filters execution={execution} />
      <Ready query={query} what="the history">
        {({ events, next_page_token: next }) =>
          events.length === 0 ? (
            <Empty title="No event matches">Widen the filters.</Empty>
          ) : (
            <>
              <Table caption="History" columns={COLUMNS} rows={events} keyOf={(row) => String(row.event_id)} />
              <NextPage token={next}>More events</NextPage>
            </>
          )
        }
      </Ready>
    </Panel>
  );
};
