import type { InvoiceDocument } from "../../ports/index.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day that reads the same on both sides of the Atlantic: "30 Sep 2025". */
export const dayText = (day: string): string =>
  `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1] ?? ""} ${day.slice(0, 4)}`;

/** "Invoice", "Credit note", and what is only a draft of them. */
export const kindText = (document: InvoiceDocument): string => {
  const kind = document.kind === "invoice" ? "Invoice" : "Credit note";
  return document.number === undefined ? `Draft ${kind.toLowerCase()}` : kind;
};

/** Kind and number: the title of the file, and of every page after the first. */
export const titleText = (document: InvoiceDocument): string =>
  `${kindText(document)} ${document.number ?? document.invoiceId}`;

export const dueLabel = (document: InvoiceDocument): string =>
  document.kind === "invoice" ? "Amount due" : "Amount credited";
