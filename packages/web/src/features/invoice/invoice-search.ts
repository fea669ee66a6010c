const PARTS = ["explain", "changes", "payments", "mail"] as const;
export type InvoicePart = (typeof PARTS)[number];

export interface InvoiceSearch {
  /** The line whose evidence is open. */
  readonly line?: number | undefined;
  readonly part?: InvoicePart | undefined;
}

export const invoiceSearch = (raw: Record<string, unknown>): InvoiceSearch => {
  const line = Number(raw["line"]);
  return {
    line: Number.isInteger(line) && line > 0 ? line : undefined,
    part: PARTS.find((part) => part === raw["part"]),
  };
};
