import { searchText, searchWord } from "../search.ts";

export const VIEWS = ["cost", "allocation", "rules", "deliveries", "restatements"] as const;
export const BASES = ["unblended", "amortized"] as const;
/** What the cost can be broken down by here; the API knows more. */
export const GROUPS = [
  "service",
  "tenant",
  "component",
  "line_item_type",
  "usage_type",
  "region",
  "account",
  "day",
] as const;

export const FINDING_STATES = ["open", "accepted", "all"] as const;
/** What the tag coverage can be broken down by. */
export const COVERED_BY = ["service", "account", "day"] as const;

export interface CostSearch {
  readonly view?: (typeof VIEWS)[number] | undefined;
  readonly basis?: (typeof BASES)[number] | undefined;
  readonly by?: (typeof GROUPS)[number] | undefined;
  /** Filters that narrow the cost to the lines behind a number; an empty tenant means untagged. */
  readonly service?: string | undefined;
  readonly tenant?: string | undefined;
  readonly component?: string | undefined;
  readonly line_item_type?: string | undefined;
  readonly usage_type?: string | undefined;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  readonly day?: string | undefined;
  readonly page?: string | undefined;
  readonly sort?: string | undefined;
  readonly findings?: (typeof FINDING_STATES)[number] | undefined;
  readonly covered_by?: (typeof COVERED_BY)[number] | undefined;
  /** Filters of the allocation's rows: what decided, and who bears them. */
  readonly rule?: string | undefined;
  readonly reason?: string | undefined;
  readonly bearer?: string | undefined;
  /** The row of the allocation whose evidence is open. */
  readonly share?: string | undefined;
}

const filterText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const costSearch = (raw: Record<string, unknown>): CostSearch => ({
  view: searchWord(VIEWS, raw["view"]),
  basis: searchWord(BASES, raw["basis"]),
  by: searchWord(GROUPS, raw["by"]),
  service: filterText(raw["service"]),
  tenant: filterText(raw["tenant"]),
  component: filterText(raw["component"]),
  line_item_type: filterText(raw["line_item_type"]),
  usage_type: filterText(raw["usage_type"]),
  region: filterText(raw["region"]),
  account: filterText(raw["account"]),
  day: searchText(raw["day"]),
  page: searchText(raw["page"]),
  sort: searchText(raw["sort"]),
  findings: searchWord(FINDING_STATES, raw["findings"]),
  covered_by: searchWord(COVERED_BY, raw["covered_by"]),
  rule: searchText(raw["rule"]),
  reason: searchText(raw["reason"]),
  bearer: searchText(raw["bearer"]),
  share: searchText(raw["share"]),
});

/** The filters that are set, as the API takes them. */
export const filtersOf = (search: CostSearch) => ({
  ...(search.service === undefined ? {} : { service: search.service }),
  ...(search.tenant === undefined ? {} : { tenant: search.tenant }),
  ...(search.component === undefined ? {} : { component: search.component }),
  ...(search.line_item_type === undefined ? {} : { line_item_type: search.line_item_type }),
  ...(search.usage_type === undefined ? {} : { usage_type: search.usage_type }),
  ...(search.region === undefined ? {} : { region: search.region }),
  ...(search.account === undefined ? {} : { account: search.account }),
  ...(search.day === undefined ? {} : { from: search.day, to: search.day }),
});

export const isFiltered = (search: CostSearch): boolean => Object.keys(filtersOf(search)).length > 0;
