import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { durationText } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Status, stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { ExecutionLink } from "../execution-link.tsx";
import { searchWord } from "../search.ts";
import type { Execution } from "./graph/standing.ts";
import { useUntilEnd } from "./use-until-end.ts";
import { STATUSES } from "./workflows-search.ts";

type Item = Answer<"GET /workflows/executions/{execution_id}/children">["children"][number];

const PAGE_ROWS = 20;

const COLUMNS: readonly Column<Item>[] = [
  {
    key: "item",
    head: "Item",
    cell: (row) => <ExecutionLink id={row.execution_id} name={row.subject ?? row.name} />,
  },
  { key: "map", head: "Map", cell: (row) => row.of_map, isMinor: true },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} /> },
  { key: "error", head: "Error", cell: (row) => row.error ?? "—" },
  {
    key: "lasted",
    head: "Took",
    align: "right",
    isMinor: true,
    cell: (row) =>
      row.stopped_at === null ? (
        <span className="text-muted">goes on</span>
      ) : (
        durationText(Date.parse(row.stopped_at) - Date.parse(row.started_at))
      ),
  },
];

const Items = ({ items }: { readonly items: readonly Item[] }) =>
  items.length === 0 ? (
    <Empty title="No item is listed">
      None has this status, or the execution ended so long ago that they were removed.
    </Empty>
  ) : (
    <Table caption="Items of its Maps" columns={COLUMNS} rows={items} keyOf={(row) => row.execution_id} />
  );

/** The items of an execution's distributed Maps: what each is about, how it stands, and the way to it. */
export const MapItems = ({ execution }: { readonly execution: Execution }) => {
  const [status, setStatus] = useState<(typeof STATUSES)[number]>();
  const [page, setPage] = useState<string>();
  const asked = useAnswer(
    "GET /workflows/executions/{execution_id}/children",
    { execution_id: execution.execution_id, status, page_size: PAGE_ROWS, page_token: page },
    { isGoingOn: () => execution.status === "running" },
  );
  const query = useUntilEnd(asked, execution.status);
  return (
    <Panel title="Items of its Maps" aside="each an execution with a history of its own" isFlush>
      <FilterBar>
        <Select
          label="Status"
          options={[["", "Any status"], ...STATUSES.map((one) => [one, stateText(one)] as const)]}
          value={status ?? ""}
          onChange={(event) => {
            setStatus(searchWord(STATUSES, event.target.value));
            setPage(undefined);
          }}
        />
      </FilterBar>
      <Ready query={query} what="the items of its Maps">
        {({ children, next_page_token: next }) => (
          <>
            <Items items={children} />
            <p className="flex justify-end gap-2 border-t border-line p-3 empty:hidden">
              {page !== undefined && <Button onClick={() => setPage(undefined)}>First items</Button>}
              {next !== null && <Button onClick={() => setPage(next)}>More items</Button>}
            </p>
          </>
        )}
      </Ready>
    </Panel>
  );
};
