import { searchText, searchWord } from "../search.ts";

export const VIEWS = ["executions", "runs"] as const;
export const STATUSES = ["running", "succeeded", "failed", "timed_out", "aborted"] as const;
export const RUN_STATUSES = ["running", "succeeded", "failed"] as const;

/** The filters of the lists, as they stand in the address. */
export interface WorkflowsSearch {
  readonly view?: (typeof VIEWS)[number] | undefined;
  readonly machine?: string | undefined;
  readonly status?: (typeof STATUSES)[number] | undefined;
  readonly name?: string | undefined;
  /** Days on which executions were started. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly sort?: string | undefined;
  readonly page?: string | undefined;
}

const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;

/** Reads the filters from the address; what is no filter is left out. */
export const workflowsSearch = (raw: Record<string, unknown>): WorkflowsSearch => ({
  view: searchWord(VIEWS, raw["view"]),
  machine: searchText(raw["machine"]),
  status: searchWord(STATUSES, raw["status"]),
  name: searchText(raw["name"]),
  from: day(raw["from"]),
  to: day(raw["to"]),
  sort: searchText(raw["sort"]),
  page: searchText(raw["page"]),
});
