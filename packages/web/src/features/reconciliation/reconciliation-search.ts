import { tryDay } from "@commops/core/time";
import { searchWord } from "../search.ts";

export const EXCEPTION_STATES = ["open", "resolved", "accepted"] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

export interface ReconciliationSearch {
  /** Exceptions of this state; all of them where it is left out. */
  readonly state?: ExceptionState | undefined;
  /** The day whose payments are compared; today where it is left out. */
  readonly date?: string | undefined;
}

export const reconciliationSearch = (raw: Record<string, unknown>): ReconciliationSearch => ({
  state: searchWord(EXCEPTION_STATES, raw["state"]),
  date: typeof raw["date"] === "string" ? tryDay(raw["date"]) : undefined,
});
