import { searchText, searchWord } from "../search.ts";

export const STATUSES = [
  "draft",
  "pending_approval",
  "approved",
  "issued",
  "partially_paid",
  "paid",
  "disputed",
  "uncollectible",
  "cancelled",
  "discarded",
] as const;

/** The filters of the list, as they stand in the address. */
export interface InvoicesSearch {
  readonly status?: (typeof STATUSES)[number] | undefined;
  readonly tenant?: string | undefined;
  /** `all` shows every period. */
  readonly span?: "all" | undefined;
  readonly sort?: string | undefined;
  readonly page?: string | undefined;
}

/** Reads the filters from the address; what is no filter is left out. */
export const invoicesSearch = (raw: Record<string, unknown>): InvoicesSearch => ({
  status: searchWord(STATUSES, raw["status"]),
  tenant: searchText(raw["tenant"]),
  span: searchWord(["all"], raw["span"]),
  sort: searchText(raw["sort"]),
  page: searchText(raw["page"]),
});
