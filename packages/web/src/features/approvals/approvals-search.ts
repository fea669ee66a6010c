import { searchText, searchWord } from "../search.ts";

export const STATES = ["pending", "approved", "rejected", "expired", "superseded"] as const;
export const KINDS = ["invoice", "manual_payment", "rule_promotion"] as const;

export interface ApprovalsSearch {
  /** Pending where it is left out. */
  readonly state?: (typeof STATES)[number] | undefined;
  readonly kind?: (typeof KINDS)[number] | undefined;
  /** The request that is open beside the list. */
  readonly selected?: string | undefined;
}

export const approvalsSearch = (raw: Record<string, unknown>): ApprovalsSearch => ({
  state: searchWord(STATES, raw["state"]),
  kind: searchWord(KINDS, raw["kind"]),
  selected: searchText(raw["selected"]),
});
