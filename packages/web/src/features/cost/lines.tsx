import { getRouteApi, Link } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount, Quantity } from "../../ui/amount.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { shownValue, textOf } from "../plain-data.ts";
import { filtersOf, isFiltered } from "./cost-search.ts";

const route = getRouteApi("/cost");
const PAGE_LINES = 25;

type Line = Answer<"GET /cost/lines">["lines"][number];

/** A column of a line; the lake's columns are not the API's promise. */
const field = (line: Line, name: string): unknown => new Map<string, unknown>(Object.entries(line)).get(name);
const decimal = (line: Line, name: string): string => textOf(field(line, name)) ?? "0";
const currencyOf = (line: Line): string => textOf(field(line, "line_item_currency_code")) ?? "USD";

const text = (key: string, head: string, name: string, isMinor = false): Column<Line> => ({
  key,
  head,
  isMinor,
  cell: (line) => (
    <span className={name.endsWith("resource_id") ? "break-all" : "figures"}>{shownValue(field(line, name))}</span>
  ),
});

const COLUMNS: readonly Column<Line>[] = [
  text("day", "Day", "usage_date"),
  text("type", "Type", "line_item_line_item_type", true),
  text("usage", "Usage type", "line_item_usage_type"),
  text("resource", "Resource", "line_item_resource_id", true),
  text("tenant", "Tenant tag", "resource_tags_user_tenant_id", true),
  {
    key: "amount",
    head: "Usage",
    align: "right",
    isMinor: true,
    cell: (line) => <Quantity value={decimal(line, "line_item_usage_amount")} />,
  },
  {
    key: "cost",
    head: "Unblended",
    align: "right",
    cell: (line) => (
      <Amount value={decimal(line, "line_item_unblended_cost")} currency={currencyOf(line)} isExact isBare />
    ),
  },
  {
    key: "amortized",
    head: "Amortized",
    align: "right",
    cell: (line) => <Amount value={decimal(line, "amortized_cost")} currency={currencyOf(line)} isExact isBare />,
  },
  {
    key: "place",
    head: "File, row",
    isMinor: true,
    cell: (line) => (
      <span className="text-xs break-all text-muted">
        {shownValue(field(line, "source_file"))}, {line.source_row}
      </span>
    ),
  },
];

/** The lines of the cost report behind the number that was opened. */
export const CostLines = () => {
  const search = route.useSearch();
  const { month } = usePeriod();
  const query = useAnswer(
    "GET /cost/lines",
    {
      period: month,
      page_size: PAGE_LINES,
      ...filtersOf(search),
      ...(search.page === undefined ? {} : { page_token: search.page }),
    },
    { isEnabled: isFiltered(search) },
  );
  if (!isFiltered(search)) return null;
  return (
    <Panel title="CUR lines behind it" aside="in the order of their file and row" isFlush>
      <Ready query={query} what="the lines">
        {({ lines, next_page_token: next }) =>
          lines.length === 0 ? (
            <Empty title="No line matches" />
          ) : (
            <>
              <Table
                caption="CUR lines"
                columns={COLUMNS}
                rows={lines}
                keyOf={(line) => `${shownValue(field(line, "source_digest"))}/${line.source_row}`}
              />
              {next !== undefined && (
                <p className="border-t border-line p-3 text-right">
                  <Link
                    from="/cost"
                    to="/cost"
                    search={(before) => ({ ...before, page: next })}
                    className={buttonClass()}
                  >
                    Next {PAGE_LINES} lines
                  </Link>
                </p>
              )}
            </>
          )
        }
      </Ready>
    </Panel>
  );
};
