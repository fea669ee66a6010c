/** What kind of charge a line is; routing by policy happens on this, before anything is pooled. */
export type LineRoute = "usage" | "commitment" | "fee" | "tax" | "credit" | "refund" | "discount" | "unknown";

/** Line item types of the Cost and Usage Report, and the charge categories of FOCUS beside them. */
const ROUTES: Readonly<Record<string, LineRoute>> = {
  Usage: "usage",
  SavingsPlanCoveredUsage: "usage",
  DiscountedUsage: "usage",
  SavingsPlanNegation: "commitment",
  SavingsPlanRecurringFee: "commitment",
  SavingsPlanUpfrontFee: "commitment",
  RIFee: "commitment",
  Fee: "fee",
  Tax: "tax",
  Credit: "credit",
  Refund: "refund",
  EdpDiscount: "discount",
  PrivateRateDiscount: "discount",
  BundledDiscount: "discount",
  SppDiscount: "discount",
  Discount: "discount",
  // FOCUS: ChargeCategory, with unused commitment told apart by CommitmentDiscountStatus.
  UnusedCommitment: "commitment",
  Purchase: "fee",
  Adjustment: "refund",
};

/** The route of a line item type; "unknown" goes to the operator with a finding, and is never dropped. */
export const lineRoute = (lineItemType: string): LineRoute => ROUTES[lineItemType] ?? "unknown";

export const KNOWN_LINE_TYPES: readonly string[] = Object.keys(ROUTES);

/** Discount rows: on a net basis they are 0, because the net columns of the usage rows hold them. */
export const DISCOUNT_TYPES: readonly string[] = KNOWN_LINE_TYPES.filter((type) => ROUTES[type] === "discount");
