import { type Day, day } from "../time/index.ts";

/** The calendar day of an instant where the legal entity is (IANA time zone). */
export const localDay = (instant: Date, timeZone: string): Day => {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return day(parts.format(instant));
};

/** The year in which the fiscal year of a day starts; `startMonth` counts from 1 (India: 4). */
export const fiscalYearOf = (at: Day, startMonth: number): number =>
  Number(at.slice(0, 4)) - (Number(at.slice(5, 7)) < startMonth ? 1 : 0);

const DIGITS = 6;

/** Documents that are numbered, each type in a series of its own. */
export type DocumentType = "invoice" | "credit_note";
const SERIES: Readonly<Record<DocumentType, string>> = { invoice: "", credit_note: "-CN" };

/** The legal number as it is printed: "CO-2026-000042", of a credit note "CO-CN-2026-000007". */
export const numberText = (prefix: string, type: DocumentType, fiscalYear: number, sequence: number): string =>
  `${prefix}${SERIES[type]}-${fiscalYear}-${String(sequence).padStart(DIGITS, "0")}`;
