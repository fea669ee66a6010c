import { getRouteApi } from "@tanstack/react-router";
import { addMonths, dayOf, monthOf, monthPeriod, type Month, tryMonth } from "@commops/core/time";
import { useNow } from "../ui/now.ts";
import { may, useSession } from "./session/session.ts";
import { useAnswer } from "./answers.tsx";

/** The search parameters of every page. */
export interface PeriodSearch {
  readonly period?: string;
}

/** Keeps a period that is a month; anything else is the newest one. */
export const periodSearch = (raw: Record<string, unknown>): PeriodSearch => {
  const text = raw["period"];
  return typeof text === "string" && tryMonth(text) !== undefined ? { period: text } : {};
};

const root = getRouteApi("__root__");

/** The period that the pages show: the one in the address, else the newest that is known, else last month. */
export const usePeriod = () => {
  const { period } = root.useSearch();
  const session = useSession();
  const known = useAnswer(
    "GET /periods",
    {},
    { isEnabled: session.tenant_id === null && may(session, "billing:read") },
  );
  const periods = known.data?.periods ?? [];
  const lastMonth = addMonths(monthOf(dayOf(useNow())), -1);
  const month: Month = tryMonth(period ?? periods[0]?.period ?? lastMonth) ?? lastMonth;
  return { month, ...monthPeriod(month), periods, isKnown: period !== undefined || !known.isPending };
};
