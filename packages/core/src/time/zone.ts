import { type Day, day } from "./day.ts";

/**
 * The calendar day that a clock in a time zone (IANA name) shows at an instant, for a legal entity's document dates.
 * Billing counts UTC days. Throws RangeError on an unknown zone.
 */
export const dayInZone = (instant: Date, timeZone: string): Day => {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const text = new Map(parts.formatToParts(instant).map((part) => [part.type, part.value]));
  return day(`${text.get("year") ?? ""}-${text.get("month") ?? ""}-${text.get("day") ?? ""}`);
};
