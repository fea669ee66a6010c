export { applyPaid, type PayableInvoice, readPayable } from "./pay-invoice.store.ts";
export * from "./settlement.ts";
