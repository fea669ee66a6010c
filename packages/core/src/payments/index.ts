export { type Confirmation, confirmPayment } from "./confirm-payment.store.ts";
export * from "./decide-payment.action.ts";
export { keepCreditNote } from "./keep-credit.action.ts";
export { settlementOf } from "./settlement-of.action.ts";
export { getPayment, invoicePayments, listPayments } from "./list-payments.action.ts";
export * from "./payment.ts";
export { type Payment, receivedByInvoice, selectPayments } from "./payments.store.ts";
export { recordPayment, resubmitPayment } from "./record-payment.action.ts";
