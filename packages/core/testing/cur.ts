/** Small cost files for tests: a line names only what matters to it. */
export type Cells = Readonly<Record<string, string>>;

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Comma-separated text with a header and the cells of each line under it. */
export const csvOf = (header: readonly string[], lines: readonly Cells[]): string =>
  [header.join(","), ...lines.map((line) => header.map((name) => cell(line[name] ?? "")).join(","))]
    .map((line) => `${line}\n`)
    .join("");

const CUR2_HEADER = [
  "identity_line_item_id",
  "identity_time_interval",
  "bill_invoice_id",
  "bill_billing_entity",
  "bill_payer_account_id",
  "bill_billing_period_start_date",
  "bill_billing_period_end_date",
  "line_item_usage_account_id",
  "line_item_line_item_type",
  "line_item_usage_start_date",
  "line_item_usage_end_date",
  "line_item_product_code",
  "line_item_usage_type",
  "line_item_operation",
  "line_item_resource_id",
  "line_item_usage_amount",
  "line_item_currency_code",
  "line_item_unblended_cost",
  "line_item_net_unblended_cost",
  "product_region_code",
  "reservation_reservation_a_r_n",
  "reservation_effective_cost",
  "reservation_amortized_upfront_fee_for_billing_period",
  "reservation_unused_amortized_upfront_fee_for_billing_period",
  "reservation_unused_recurring_fee",
  "savings_plan_savings_plan_effective_cost",
  "savings_plan_total_commitment_to_date",
  "savings_plan_used_commitment",
  "savings_plan_amortized_upfront_commitment_for_billing_period",
  "split_line_item_parent_resource_id",
  "resource_tags",
] as const;

/** A usage line of 1.50 USD on 2026-06-03, but for the cells given. */
const cur2Line = (cells: Cells): Cells => ({
  identity_time_interval: "2026-06-03T00:00:00Z/2026-06-03T01:00:00Z",
  bill_invoice_id: "2026060001",
  bill_billing_entity: "AWS",
  bill_payer_account_id: "111111111111",
  bill_billing_period_start_date: "2026-06-01T00:00:00.000Z",
  bill_billing_period_end_date: "2026-07-01T00:00:00.000Z",
  line_item_usage_account_id: "333333333333",
  line_item_line_item_type: "Usage",
  line_item_usage_start_date: "2026-06-03T00:00:00.000Z",
  line_item_usage_end_date: "2026-06-03T01:00:00.000Z",
  line_item_product_code: "AmazonEC2",
  line_item_usage_type: "BoxUsage:m5.large",
  line_item_usage_amount: "1.0",
  line_item_currency_code: "USD",
  line_item_unblended_cost: "1.50",
  line_item_net_unblended_cost: "1.50",
  product_region_code: "us-east-1",
  resource_tags: '{"user_tenant_id":"TEN-1","user_plan_id":"team","user_service_component":"query"}',
  ...cells,
});

/** The lines with ids of their own order, so that the same lines give the same bytes. */
export const cur2Csv = (lines: readonly Cells[]): string =>
  csvOf(
    CUR2_HEADER,
    lines.map((line, index) => ({
      ...cur2Line(line),
      identity_line_item_id: line["identity_line_item_id"] ?? `line-${index + 1}`,
    })),
  );

const LEGACY_HEADER = [
  "identity/LineItemId",
  "identity/TimeInterval",
  "bill/InvoiceId",
  "bill/BillingEntity",
  "bill/PayerAccountId",
  "bill/BillingPeriodStartDate",
  "lineItem/UsageAccountId",
  "lineItem/LineItemType",
  "lineItem/UsageStartDate",
  "lineItem/ProductCode",
  "lineItem/UsageType",
  "lineItem/UsageAmount",
  "lineItem/CurrencyCode",
  "lineItem/UnblendedCost",
  "product/region",
  "savingsPlan/SavingsPlanARN",
  "savingsPlan/SavingsPlanEffectiveCost",
  "resourceTags/user:tenant_id",
] as const;

export const legacyCsv = (lines: readonly Cells[]): string =>
  csvOf(
    LEGACY_HEADER,
    lines.map((line, index) => ({
      "identity/LineItemId": `line-${index + 1}`,
      "identity/TimeInterval": "2026-06-03T00:00:00Z/2026-06-04T00:00:00Z",
      "bill/BillingEntity": "AWS",
      "bill/PayerAccountId": "111111111111",
      "bill/BillingPeriodStartDate": "2026-06-01T00:00:00Z",
      "lineItem/UsageAccountId": "333333333333",
      "lineItem/LineItemType": "Usage",
      "lineItem/UsageStartDate": "2026-06-03 00:00:00",
      "lineItem/ProductCode": "AmazonS3",
      "lineItem/UsageType": "TimedStorage-ByteHrs",
      "lineItem/UsageAmount": "2.0",
      "lineItem/CurrencyCode": "USD",
      "lineItem/UnblendedCost": "2.25",
      ...line,
    })),
  );

const FOCUS_HEADER = [
  "BilledCost",
  "EffectiveCost",
  "BillingAccountId",
  "BillingCurrency",
  "BillingPeriodStart",
  "ChargeCategory",
  "ChargePeriodStart",
  "CommitmentDiscountStatus",
  "ConsumedQuantity",
  "ProviderName",
  "RegionId",
  "ServiceName",
  "SkuId",
  "SubAccountId",
  "Tags",
] as const;

export const focusCsv = (lines: readonly Cells[]): string =>
  csvOf(
    FOCUS_HEADER,
    lines.map((line) => ({
      BilledCost: "3.00",
      EffectiveCost: "2.50",
      BillingAccountId: "1234567890123",
      BillingCurrency: "USD",
      BillingPeriodStart: "2026-06-01 00:00:00",
      ChargeCategory: "Usage",
      ChargePeriodStart: "2026-06-05 10:00:00",
      CommitmentDiscountStatus: "NULL",
      ConsumedQuantity: "NULL",
      ProviderName: "AWS",
      RegionId: "NULL",
      ServiceName: "Amazon Simple Storage Service",
      SkuId: "SKU1",
      SubAccountId: "51738928782",
      Tags: "NULL",
      ...line,
    })),
  );
