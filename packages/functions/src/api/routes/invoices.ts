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
import { download, on, routes, work } from "../route.ts";
import { approvedMany, discarded, invoice, invoiceList, lineList, sentBack, submitted } from "../answers/invoices.ts";

export const invoiceRoutes = routes({
  "POST /invoices:generate": work(generateInvoice, "Drafts the invoice of a tenant and month"),
  "POST /invoices:generate-period": work(generatePeriodDrafts, "Drafts every tenant's invoice of a month"),
  "POST /invoices:approve": on(approveInvoices, "Approves and issues several drafts; each has its own outcome", {
    answer: approvedMany,
  }),
  "GET /invoices": on(listInvoices, "Invoices, newest period first", { answer: invoiceList }),
  "GET /invoices/{invoice_id}": on(getInvoice, "An invoice with its parties, plans and taxes", { answer: invoice }),
  "GET /invoices/{invoice_id}/lines": on(listLines, "Lines of an invoice", { answer: lineList }),
  "GET /invoices/{invoice_id}/export": download(
    exportInvoice,
    "A link to the invoice as a file, valid for ten minutes",
  ),
  "GET /invoices/{invoice_id}/explain": on(explainInvoice, "From the total to the cost lines; verify recomputes it"),
  "GET /invoices/{invoice_id}/mails": on(listInvoiceMail, "Mails of an invoice and what became of them", {
    isOperatorsOnly: true,
  }),
  "POST /invoices/{invoice_id}:submit": on(
    submitInvoice,
    "Sends a draft to approval; answers the digest to decide on",
    { answer: submitted },
  ),
  "POST /invoices/{invoice_id}:approve": on(approveInvoice, "Approves the draft with this digest, and issues it", {
    answer: invoice,
  }),
  "POST /invoices/{invoice_id}:issue": on(issueInvoice, "Issues an invoice that was approved", { answer: invoice }),
  "POST /invoices/{invoice_id}:send-back": on(sendBackInvoice, "Sends a draft back with a reason", {
    answer: sentBack,
  }),
  "POST /invoices/{invoice_id}:void": on(voidInvoice, "Discards an invoice that is not issued", { answer: discarded }),
});
