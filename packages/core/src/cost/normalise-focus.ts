import { columnFinder, type SourceColumn } from "./columns.ts";
import type { CanonicalExpressions } from "./canonical.ts";
import { firstOf, monthOf, NULL_TEXT, quote, type Reading } from "./expressions.ts";
import { issueColumns } from "./issues.ts";
import type { SourceFile } from "./normalise-cur.ts";

/** Samples and some exports write a missing value as the text NULL. */
export const FOCUS_BLANKS = ["NULL"];
const COST = "BilledCost";
const AMORTISED = "EffectiveCost";
/** Every amount that is read of a line. */
export const FOCUS_AMOUNTS: readonly string[] = [COST, AMORTISED, "ConsumedQuantity", "PricingQuantity"];
const AWS_NAMES = ["AWS", "Amazon Web Services"];

/** Tag keys in FOCUS come as people wrote them: with a prefix, or with a blank around them. */
const tagOf = (read: Reading, column: SourceColumn | undefined, key: string): string =>
  column
    ? firstOf(
        [key, `user:${key}`, `user_${key}`, ` ${key}`, `${key} `].map((name) => read.mapValue(column, name, false)),
      )
    : NULL_TEXT;

/** Cash is BilledCost, amortised is EffectiveCost; both are net of discounts, so that gross and net are the same. */
const costColumns = ({ text, amount, condition }: Reading) => {
  const isUpfront = condition(
    "upfront",
    `coalesce(${text("ChargeCategory")} = 'Purchase' and ${text("CommitmentDiscountId")} is not null and ${text("ChargeFrequency")} = 'One-Time', false)`,
  );
  return {
    line_item_unblended_cost: amount(COST),
    net_unblended_cost: amount(COST),
    amortized_cost: amount(AMORTISED),
    net_amortized_cost: amount(AMORTISED),
    upfront_purchase: `case when ${isUpfront} then ${amount(COST)} else 0 end`,
    amortized_upfront: "0",
    is_upfront: isUpfront,
  };
};

/** How the canonical columns are read from a FOCUS 1.x file. */
export const focusExpressions = (
  columns: readonly SourceColumn[],
  read: Reading,
  file: SourceFile,
): CanonicalExpressions => {
  const find = columnFinder(columns);
  const { text, optionalAmount, timestamp } = read;
  const category = text("ChargeCategory");
  const start = timestamp("BillingPeriodStart");
  const provider = firstOf([text("ProviderName", "ServiceProviderName"), "'AWS'"]);
  const lastColumn = file.kind === "csv" ? columns.at(-1) : undefined;
  return {
    identity_line_item_id: NULL_TEXT,
    identity_time_interval: `coalesce(${text("ChargePeriodStart")}, '') || '/' || coalesce(${text("ChargePeriodEnd")}, '')`,
    billing_period: monthOf(start, text("BillingPeriodStart")),
    bill_billing_period_start_date: start,
    bill_billing_period_end_date: timestamp("BillingPeriodEnd"),
    bill_invoice_id: text("InvoiceId"),
    bill_payer_account_id: text("BillingAccountId"),
    bill_billing_entity: firstOf([text("PublisherName"), provider]),
    legal_entity: text("InvoiceIssuerName"),
    provider: `case when ${provider} in (${AWS_NAMES.map(quote).join(", ")}) then 'AWS' else ${provider} end`,
    line_item_usage_account_id: text("SubAccountId", "BillingAccountId"),
    line_item_line_item_type: `case when ${category} = 'Usage' and ${text("CommitmentDiscountStatus")} = 'Unused' then 'UnusedCommitment' else ${category} end`,
    usage_date: `cast(${timestamp("ChargePeriodStart")} as date)`,
    line_item_usage_start_date: timestamp("ChargePeriodStart"),
    line_item_usage_end_date: timestamp("ChargePeriodEnd"),
    line_item_product_code: text("ServiceName"),
    product_servicecode: text("x_ServiceCode", "ServiceName"),
    line_item_usage_type: text("x_UsageType", "SkuMeter", "SkuId"),
    line_item_operation: text("x_Operation"),
    line_item_resource_id: text("ResourceId"),
    region: text("RegionId", "Region"),
    line_item_usage_amount: firstOf([optionalAmount("ConsumedQuantity"), optionalAmount("PricingQuantity")]),
    line_item_currency_code: text("BillingCurrency"),
    line_item_unblended_rate: text("ContractedUnitPrice", "ListUnitPrice"),
    ...costColumns(read),
    is_split: "false",
    reservation_arn: text("CommitmentDiscountId"),
    resource_tags_user_tenant_id: tagOf(read, find("Tags"), "tenant_id"),
    resource_tags_user_plan_id: tagOf(read, find("Tags"), "plan_id"),
    resource_tags_user_service_component: tagOf(read, find("Tags"), "service_component"),
    ...issueColumns({
      read,
      find,
      dates: ["BillingPeriodStart", "ChargePeriodStart"],
      amounts: FOCUS_AMOUNTS,
      payer: undefined,
      costs: [COST, AMORTISED],
      lastColumn,
      isSplit: "false",
    }),
    source_file: quote(file.name),
    source_row: "engine_row",
    source_digest: quote(file.digest),
  };
};
