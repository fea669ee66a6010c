import type { DocumentLine, InvoiceDocument } from "../src/ports/index.ts";
import { day } from "../src/time/index.ts";

/** A line of a document to print. */
export const line = (title: string, changes: Partial<DocumentLine> = {}): DocumentLine => ({
  title,
  amount: "100.00",
  steps: [],
  notes: [],
  ...changes,
});

/** A whole invoice to print, with what a test changes. */
export const invoice = (changes: Partial<InvoiceDocument> = {}): InvoiceDocument => ({
  kind: "invoice",
  invoiceId: "INV-202509-ACME",
  number: "2025-000042",
  issueDate: day("2025-10-03"),
  taxPoint: day("2025-09-30"),
  dueDate: day("2025-11-02"),
  period: { start: day("2025-09-01"), end: day("2025-09-30") },
  currency: "USD",
  seller: {
    name: "Northwind GmbH",
    addressLines: ["Hauptstr. 1", "10115 Berlin"],
    taxIds: [{ label: "VAT ID", value: "DE123" }],
  },
  buyer: { name: "Acme Corp", addressLines: ["1 Main St"], taxIds: [] },
  plan: { name: "Enterprise", version: "3" },
  lines: [line("Platform fee")],
  gross: "100.00",
  discounts: [],
  subtotal: "100.00",
  taxes: [{ name: "VAT", rate: "19.00", base: "100.00", amount: "19.00" }],
  total: "119.00",
  settlements: [],
  amountDue: "119.00",
  payment: { instructions: ["Transfer to DE02 1203 0000"], url: "https://pay.example/i/1" },
  notes: [],
  evidenceDigest: "ab".repeat(32),
  footer: "Northwind GmbH, Berlin",
  ...changes,
});
