import { getRouteApi, Link } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Bars } from "../../ui/bars.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { cx } from "../../ui/class-names.ts";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { useTenantName } from "../names.ts";
import { usePeriod } from "../period.ts";
import { searchWord } from "../search.ts";
import { DayChart } from "./day-chart.tsx";
import { BASES, type CostSearch, filtersOf, GROUPS, isFiltered } from "./cost-search.ts";

const route = getRouteApi("/cost");

type Summary = Answer<"GET /cost/summary">;
type Group = Summary["groups"][number];

const keyOf = (group: Group, by: string): string => group.key[by] ?? "";

const useGroupName = (by: string): ((group: Group) => string) => {
  const tenantName = useTenantName();
  return (group) => {
    const key = keyOf(group, by);
    if (key === "") return by === "tenant" ? "without a tenant tag" : "none";
    return by === "tenant" ? tenantName(key) : key;
  };
};

const Choices = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: CostSearch): void => {
    navigate({ search: (before) => ({ ...before, page: undefined, ...part }), replace: true }).catch(() => undefined);
  };
  return (
    <FilterBar>
      <Select
        label="Broken down by"
        options={GROUPS.map((group) => [group, stateText(group)] as const)}
        value={search.by ?? "service"}
        onChange={(event) => change({ by: searchWord(GROUPS, event.target.value) })}
      />
      <Select
        label="Basis"
        options={BASES.map((basis) => [basis, basis] as const)}
        value={search.basis ?? "amortized"}
        onChange={(event) => change({ basis: searchWord(BASES, event.target.value) })}
      />
    </FilterBar>
  );
};

/** The filters that narrow the view, each to be taken away. */
const Narrowed = () => {
  const search = route.useSearch();
  if (!isFiltered(search)) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 text-sm">
      <span className="text-muted">Only</span>
      {Object.entries(filtersOf(search))
        .filter(([name]) => name !== "to")
        .map(([name, value]) => (
          <span key={name} className="rounded-full bg-accent-soft px-2.5 py-0.5 text-accent">
            {stateText(name === "from" ? "day" : name)}: {value === "" ? "untagged" : value}
          </span>
        ))}
      <Link to="/cost" search={{ by: search.by, basis: search.basis }} className={buttonClass("quiet")}>
        Show everything
      </Link>
    </div>
  );
};

const columnsFor = (by: string, currency: string, nameOf: (group: Group) => string): readonly Column<Group>[] => [
  {
    key: "name",
    head: stateText(by),
    cell: (group) => (
      <Link
        from="/cost"
        to="/cost"
        search={(before) => ({ ...before, page: undefined, [by]: keyOf(group, by) })}
        className="link"
      >
        {nameOf(group)}
      </Link>
    ),
  },
  {
    key: "rows",
    head: "Lines",
    align: "right",
    cell: (group) => <span className="figures">{group.rows.toLocaleString("en")}</span>,
  },
  { key: "cost", head: "Cost", align: "right", cell: (group) => <Amount value={group.cost} currency={currency} /> },
];

const Groups = ({ summary, by }: { readonly summary: Summary; readonly by: string }) => {
  const nameOf = useGroupName(by);
  if (summary.groups.length === 0) return <Empty title="No cost matches">Take a filter away.</Empty>;
  return (
    <div className={cx("grid grid-cols-1 items-start *:min-w-0", by !== "day" && "lg:grid-cols-2")}>
      <div className={cx("border-b border-line p-4", by !== "day" && "lg:border-r lg:border-b-0")}>
        {by === "day" ? (
          <DayChart
            days={summary.groups.map((group) => ({ day: keyOf(group, by), cost: group.cost }))}
            currency={summary.currency}
          />
        ) : (
          <Bars
            label={`Cost by ${stateText(by)}`}
            bars={summary.groups.slice(0, 12).map((group) => ({
              key: keyOf(group, by),
              name: nameOf(group),
              size: Number(group.cost),
              figure: <Amount value={group.cost} currency={summary.currency} />,
            }))}
          />
        )}
      </div>
      <Table
        caption={`Cost by ${stateText(by)}`}
        columns={columnsFor(by, summary.currency, nameOf)}
        rows={by === "day" ? summary.groups.toSorted((a, b) => (keyOf(a, by) < keyOf(b, by) ? -1 : 1)) : summary.groups}
        keyOf={(group) => keyOf(group, by)}
        foot={
          <tr>
            <th scope="row" className="px-4 py-2 text-left">
              Total
            </th>
            <td className="figures px-3 py-2 text-right">{summary.rows.toLocaleString("en")}</td>
            <td className="py-2 pr-4 pl-3 text-right">
              <Amount value={summary.total} currency={summary.currency} />
            </td>
          </tr>
        }
      />
    </div>
  );
};

/** What AWS charged, by anything that a rule selects by; each group opens to its lines. */
export const Breakdown = () => {
  const search = route.useSearch();
  const { month } = usePeriod();
  const by = search.by ?? "service";
  const query = useAnswer("GET /cost/summary", {
    period: month,
    basis: search.basis ?? "amortized",
    by,
    ...filtersOf(search),
  });
  return (
    <Panel
      title="What AWS charged"
      isFlush
      aside={
        query.data && (
          <CsvButton
            filename={`cost-${month}-by-${by}.csv`}
            head={[by, "lines", "cost", "currency"]}
            rows={() =>
              query.data.groups.map((group) => [keyOf(group, by), String(group.rows), group.cost, query.data.currency])
            }
          />
        )
      }
    >
      <Choices />
      <Narrowed />
      <Ready
        query={query}
        what="the cost"
        whenMissing={
          <Empty title="No cost was delivered for this month yet">
            Import its cost report: commops cur import PATH.
          </Empty>
        }
      >
        {(summary) => <Groups summary={summary} by={by} />}
      </Ready>
    </Panel>
  );
};
