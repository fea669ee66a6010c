export { rateCharges } from "./charge.ts";
export type * from "./rate-input.ts";
export type { RatedDiscount, RatedInvoice, RatedLine, RatedTax } from "./rated-invoice.ts";
export type { Step } from "./step.ts";
