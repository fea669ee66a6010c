import {
  approvePayment,
  getPayment,
  invoicePayments,
  listPayments,
  recordPayment,
  rejectPayment,
  resubmitPayment,
} from "@commops/core/payments";
import { on, routes } from "../route.ts";
import { payment, paymentList, paymentsOfInvoice } from "../answers/payments.ts";

export const paymentRoutes = routes({
  "GET /payments": on(listPayments, "Payments, newest first", { answer: paymentList }),
  "POST /payments": on(recordPayment, "Records a manual payment, pending until a second person approves it", {
    status: 201,
    answer: payment,
  }),
  "GET /payments/{payment_id}": on(getPayment, "A payment and where its money went", { answer: payment }),
  "POST /payments/{payment_id}:approve": on(approvePayment, "Approves a manual payment that another person recorded", {
    answer: payment,
  }),
  "POST /payments/{payment_id}:reject": on(rejectPayment, "Rejects a manual payment with a reason", {
    answer: payment,
  }),
  "POST /payments/{payment_id}:resubmit": on(resubmitPayment, "Asks again for a decision that expired", {
    answer: payment,
  }),
  "GET /invoices/{invoice_id}/payments": on(invoicePayments, "What was paid of an invoice, and what is open", {
    answer: paymentsOfInvoice,
  }),
});
