import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Age, DayText } from "../../ui/moment.tsx";
import { Status } from "../../ui/status.tsx";
import type { Column } from "../../ui/table.tsx";
import { InvoiceLink } from "../invoice-link.tsx";

export type InvoiceHead = Answer<"GET /invoices">["invoices"][number];

const since = (row: InvoiceHead): string => row.issued_at ?? row.created_at;

/** The columns of a list of invoices. */
export const invoiceColumns = (nameOf: (id: string) => string): readonly Column<InvoiceHead>[] => [
  {
    key: "id",
    head: "Invoice",
    cell: (row) => <InvoiceLink id={row.invoice_id} number={row.number} />,
    sortBy: (row) => row.number ?? row.invoice_id,
  },
  { key: "tenant", head: "Tenant", cell: (row) => nameOf(row.tenant_id), sortBy: (row) => nameOf(row.tenant_id) },
  { key: "status", head: "Status", cell: (row) => <Status state={row.status} />, sortBy: (row) => row.status },
  {
    key: "period",
    head: "Period",
    isMinor: true,
    cell: (row) => <span className="figures">{row.period_start.slice(0, 7)}</span>,
    sortBy: (row) => row.period_start,
  },
  { key: "age", head: "Age", isMinor: true, cell: (row) => <Age at={since(row)} />, sortBy: since },
  {
    key: "due",
    head: "Due",
    isMinor: true,
    cell: (row) => <DayText day={row.due_date} />,
    sortBy: (row) => row.due_date ?? "",
  },
  { key: "tax", head: "Tax", isMinor: true, align: "right", cell: (row) => <Amount value={row.tax_usd_exact} /> },
  {
    key: "total",
    head: "Total",
    align: "right",
    cell: (row) => <Amount value={row.total_usd_exact} className="font-medium" />,
    sortBy: (row) => row.total_usd,
  },
  {
    key: "open",
    head: "Open",
    align: "right",
    isMinor: true,
    cell: (row) => <Amount value={row.open_usd_exact} />,
    sortBy: (row) => row.open_usd,
  },
];

export const CSV_HEAD = [
  "invoice_id",
  "number",
  "tenant_id",
  "status",
  "period_start",
  "period_end",
  "due_date",
  "currency",
  "subtotal",
  "tax",
  "total",
  "open",
] as const;

/** The same list for a spreadsheet. */
export const csvRows = (invoices: readonly InvoiceHead[]): string[][] =>
  invoices.map((row) => [
    row.invoice_id,
    row.number ?? "",
    row.tenant_id,
    row.status,
    row.period_start,
    row.period_end,
    row.due_date ?? "",
    row.currency,
    row.subtotal_usd_exact,
    row.tax_usd_exact,
    row.total_usd_exact,
    row.open_usd_exact,
  ]);
