/** Columns of a small legacy cost report. */
export const COST_HEADER = [
  "identity/LineItemId",
  "identity/TimeInterval",
  "bill/InvoiceId",
  "bill/BillingPeriodStartDate",
  "bill/BillingPeriodEndDate",
  "bill/PayerAccountId",
  "lineItem/UsageAccountId",
  "lineItem/LineItemType",
  "lineItem/UsageStartDate",
  "lineItem/UsageEndDate",
  "lineItem/ProductCode",
  "lineItem/UsageType",
  "lineItem/UsageAmount",
  "lineItem/CurrencyCode",
  "lineItem/UnblendedCost",
  "resourceTags/user:tenant_id",
];
/** A line of it, of September 2025 unless said otherwise. */
export const costLine = (
  id: number,
  over: {
    readonly type?: string;
    readonly cost: string;
    readonly tag?: string;
    readonly day?: string;
    readonly month?: "09" | "10";
  },
): string[] => {
  const month = over.month ?? "09";
  const from = `2025-${month}-${over.day ?? "03"}T00:00:00Z`;
  const to = `2025-${month}-${over.day ?? "03"}T01:00:00Z`;
  return [
    `line-${id}`,
    `${from}/${to}`,
    "INVOICE-1",
    `2025-${month}-01T00:00:00Z`,
    month === "09" ? "2025-10-01T00:00:00Z" : "2025-11-01T00:00:00Z",
    "111111111111",
    "222222222222",
    "Usage",
    from,
    to,
    "AmazonEC2",
    over.type ?? "BoxUsage:m5.large",
    "1",
    "USD",
    over.cost,
    over.tag ?? "",
  ];
};
