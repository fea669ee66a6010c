import { searchText, searchWord } from "../search.ts";

export const PAYMENT_STATUSES = ["pending", "confirmed", "failed", "refunded"] as const;

export interface PaymentsSearch {
  readonly status?: (typeof PAYMENT_STATUSES)[number] | undefined;
  readonly tenant?: string | undefined;
  readonly sort?: string | undefined;
}

export const paymentsSearch = (raw: Record<string, unknown>): PaymentsSearch => ({
  status: searchWord(PAYMENT_STATUSES, raw["status"]),
  tenant: searchText(raw["tenant"]),
  sort: searchText(raw["sort"]),
});
