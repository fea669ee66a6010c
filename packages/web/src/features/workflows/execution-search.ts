import { searchText, searchWord } from "../search.ts";

export const ORDERS = ["oldest", "newest"] as const;

export interface ExecutionSearch {
  /** The state whose input, output and events are shown. */
  readonly state?: string | undefined;
  /** A part of the type of the events that are listed. */
  readonly type?: string | undefined;
  readonly order?: (typeof ORDERS)[number] | undefined;
  readonly page?: string | undefined;
}

export const executionSearch = (raw: Record<string, unknown>): ExecutionSearch => ({
  state: searchText(raw["state"]),
  type: searchText(raw["type"]),
  order: searchWord(ORDERS, raw["order"]),
  page: searchText(raw["page"]),
});
