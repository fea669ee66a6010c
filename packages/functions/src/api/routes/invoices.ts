import {
  approveInvoice,
  approveInvoices,
  explainInvoice,
  exportInvoice,
  generateInvoice,
  generatePeriodDrafts,
  getInvoice,
  issueInvoice,
  listInvoiceMail,
  listInvoices,
  listLines,
  sendBackInvoice,
  submitInvoice,
  voidInvoice,
} from "@commops/core/invoicing";
import { on, routes } from "../route.ts";

export const invoiceRoutes = routes({
  "POST /invoices:generate": on(generateInvoice, "Drafts the invoice of a tenant and month", { isWork: true }),
  "POST /invoices:generate-period": on(generatePeriodDrafts, "Drafts every tenant's invoice of a month", {
    isWork: true,
  }),
  "POST /invoices:approve": on(approveInvoices, "Approves and issues several drafts; each has its own outcome"),
  "GET /invoices": on(listInvoices, "Invoices, newest period first"),
  "GET /invoices/{invoice_id}": on(getInvoice, "An invoice with its parties, plans and taxes"),
  "GET /invoices/{invoice_id}/lines": on(listLines, "Lines of an invoice"),
  "GET /invoices/{invoice_id}/export": on(exportInvoice, "A link to the invoice as a file, valid for ten minutes", {
    isDownload: true,
  }),
  "GET /invoices/{invoice_id}/explain": on(explainInvoice, "From the total to the cost lines; verify recomputes it"),
  "GET /invoices/{invoice_id}/mails": on(listInvoiceMail, "Mails of an invoice and what became of them", {
    isOperatorsOnly: true,
  }),
  "POST /invoices/{invoice_id}:submit": on(submitInvoice, "Sends a draft to approval; answers the digest to decide on"),
  "POST /invoices/{invoice_id}:approve": on(approveInvoice, "Approves the draft with this digest, and issues it"),
  "POST /invoices/{invoice_id}:issue": on(issueInvoice, "Issues an invoice that was approved"),
  "POST /invoices/{invoice_id}:send-back": on(sendBackInvoice, "Sends a draft back with a reason"),
  "POST /invoices/{invoice_id}:void": on(voidInvoice, "Discards an invoice that is not issued"),
});
