import { getRouteApi } from "@tanstack/react-router";
import { dayOf } from "@commops/core/time";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { TextField } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Empty } from "../../ui/notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { searchText } from "../search.ts";

const route = getRouteApi("/reconciliation");

type Provider = Answer<"GET /reconciliation/daily">["providers"][number];

const COLUMNS: readonly Column<Provider>[] = [
  { key: "provider", head: "Provider", cell: (row) => row.provider },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} /> },
  { key: "received", head: "Received", align: "right", cell: (row) => <Amount value={row.received_usd_exact} /> },
  {
    key: "posted",
    head: "Posted",
    align: "right",
    isMinor: true,
    cell: (row) => <Amount value={row.posted_usd_exact} />,
  },
  {
    key: "pending",
    head: "Pending",
    align: "right",
    isMinor: true,
    cell: (row) => <Amount value={row.pending_usd_exact} />,
  },
  { key: "variance", head: "Variance", align: "right", cell: (row) => <Amount value={row.variance_usd_exact} /> },
];

/** What came in on a day against what the books say of it. */
export const Day = () => {
  const { date } = route.useSearch();
  const navigate = route.useNavigate();
  const today = dayOf(useNow());
  const shown = date ?? today;
  const query = useAnswer("GET /reconciliation/daily", { date: shown });
  return (
    <Panel
      title="One day: received against posted"
      isFlush
      {...(query.data ? { aside: <Status state={query.data.status} /> } : {})}
    >
      <FilterBar>
        <TextField
          label="Day (UTC)"
          type="date"
          value={shown}
          onChange={(event) => {
            const next = searchText(event.target.value);
            navigate({ search: (before) => ({ ...before, date: next }), replace: true }).catch(() => undefined);
          }}
        />
      </FilterBar>
      <Ready query={query} what="the day">
        {({ providers }) =>
          providers.length === 0 ? (
            <Empty title="No payment on this day">
              Choose another one; Payments shows the days on which money came in.
            </Empty>
          ) : (
            <Table
              caption={`Payments of ${shown} by provider`}
              columns={COLUMNS}
              rows={providers}
              keyOf={(row) => row.provider}
            />
          )
        }
      </Ready>
    </Panel>
  );
};
