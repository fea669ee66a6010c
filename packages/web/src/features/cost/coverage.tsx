import { getRouteApi, Link } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { searchWord } from "../search.ts";
import { type CostSearch, COVERED_BY } from "./cost-search.ts";

const route = getRouteApi("/cost");

type Coverage = Answer<"GET /cost/coverage">;
type Group = Coverage["groups"][number];
type Part = Group["tenant"];

const percentText = (percent: string | null): string => (percent === null ? "—" : `${percent} %`);

const Bar = ({ name, part, currency }: { readonly name: string; readonly part: Part; readonly currency: string }) => (
  <li className="text-sm">
    <div className="flex flex-wrap items-baseline justify-between gap-x-3">
      <span>{name}</span>
      <span>
        <span className="figures font-medium">{percentText(part.percent)}</span>
        <span className="ml-3 text-muted">
          <Amount value={part.cost} currency={currency} />, {percentText(part.rows_percent)} of lines
        </span>
      </span>
    </div>
    <svg aria-hidden className="mt-1 block h-1.5 w-full" preserveAspectRatio="none" viewBox="0 0 100 1">
      <rect width="100" height="1" className="fill-sunken" />
      <rect width={Math.min(100, Number(part.percent ?? 0))} height="1" className="fill-accent" />
    </svg>
  </li>
);

const Whole = ({ coverage }: { readonly coverage: Coverage }) =>
  coverage.currencies.map((row) => (
    <div key={row.currency} className="space-y-3 border-b border-line p-4">
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <Chip tone={row.is_enough ? "good" : "warn"}>{row.is_enough ? "enough" : "too little"}</Chip>
        <span className="text-muted">
          {coverage.target_percent} % of usage is asked to name its tenant; usage is{" "}
          <Amount value={row.usage_cost} currency={row.currency} /> in {row.usage_rows.toLocaleString("en")} lines
        </span>
      </div>
      <ul className="space-y-3">
        <Bar name="Tenant" part={row.tenant} currency={row.currency} />
        <Bar name="Plan" part={row.plan} currency={row.currency} />
        <Bar name="Component" part={row.component} currency={row.currency} />
      </ul>
    </div>
  ));

const share = (key: "tenant" | "plan" | "component", head: string, isMinor: boolean): Column<Group> => ({
  key,
  head,
  isMinor,
  align: "right",
  cell: (row) => <span className="figures">{percentText(row[key].percent)}</span>,
  sortBy: (row) => Number(row[key].percent ?? -1),
});

/** A group's untagged lines are what one wants to see. */
const linesOf = (by: Coverage["by"], key: string): CostSearch => ({
  view: "cost",
  tenant: "",
  basis: "unblended",
  ...(by === "day" ? { day: key } : by === "account" ? { account: key } : { service: key }),
});

const columnsFor = (by: Coverage["by"]): readonly Column<Group>[] => [
  {
    key: "key",
    head: by,
    cell: (row) => (
      <Link to="/cost" search={linesOf(by, row.key)} className="link break-all">
        {row.key}
        <span className="sr-only">: its lines without a tenant</span>
      </Link>
    ),
    sortBy: (row) => row.key,
  },
  {
    key: "usage",
    head: "Usage",
    align: "right",
    cell: (row) => <Amount value={row.usage_cost} currency={row.currency} />,
    sortBy: (row) => Number(row.usage_cost),
  },
  share("tenant", "Tenant", false),
  {
    key: "lines",
    head: "Of lines",
    align: "right",
    isMinor: true,
    cell: (row) => <span className="figures">{percentText(row.tenant.rows_percent)}</span>,
    sortBy: (row) => Number(row.tenant.rows_percent ?? -1),
  },
  share("plan", "Plan", true),
  share("component", "Component", true),
];

const CSV_HEAD = ["key", "currency", "usage_cost", "usage_rows", "tenant_percent", "plan_percent", "component_percent"];

const csvRows = ({ groups }: Coverage): string[][] =>
  groups.map((row) => [
    row.key,
    row.currency,
    row.usage_cost,
    String(row.usage_rows),
    row.tenant.percent ?? "",
    row.plan.percent ?? "",
    row.component.percent ?? "",
  ]);

/** How much of the usage says whose it is: whole, and by service, account or day; each group opens to its lines without a tenant. */
export const TagCoverage = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { month } = usePeriod();
  const by = search.covered_by ?? "service";
  const query = useAnswer("GET /cost/coverage", { period: month, by });
  return (
    <Panel
      title="Tag coverage of usage"
      isFlush
      aside={
        query.data && <CsvButton filename={`coverage-${month}.csv`} head={CSV_HEAD} rows={() => csvRows(query.data)} />
      }
    >
      <Ready query={query} what="the tag coverage" whenMissing={null}>
        {(coverage) => (
          <>
            <Whole coverage={coverage} />
            <FilterBar>
              <Select
                label="Broken down by"
                options={COVERED_BY.map((one) => [one, one] as const)}
                value={by}
                onChange={(event) => {
                  const next = searchWord(COVERED_BY, event.target.value);
                  navigate({ search: (before) => ({ ...before, covered_by: next }), replace: true }).catch(
                    () => undefined,
                  );
                }}
              />
            </FilterBar>
            <Table
              caption={`Tag coverage by ${by}`}
              columns={columnsFor(by)}
              rows={coverage.groups}
              keyOf={(row) => `${row.currency} ${row.key}`}
              sort={search.sort}
              onSort={(sort) => {
                navigate({ search: (before) => ({ ...before, sort }), replace: true }).catch(() => undefined);
              }}
            />
          </>
        )}
      </Ready>
    </Panel>
  );
};
