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

export const paymentRoutes = routes({
  "GET /payments": on(listPayments, "Payments, newest first"),
  "POST /payments": on(recordPayment, "Records a manual payment, pending until a second person approves it", {
    status: 201,
  }),
  "GET /payments/{payment_id}": on(getPayment, "A payment and where its money went"),
  "POST /payments/{payment_id}:approve": on(approvePayment, "Approves a manual payment that another person recorded"),
  "POST /payments/{payment_id}:reject": on(rejectPayment, "Rejects a manual payment with a reason"),
  "POST /payments/{payment_id}:resubmit": on(resubmitPayment, "Asks again for a decision that expired"),
  "GET /invoices/{invoice_id}/payments": on(invoicePayments, "What was paid of an invoice, and what is open"),
});
