import { unscaled } from "../money/index.ts";

/** The CUR 2.0 columns that the generator writes, in their order. */
export const CUR_COLUMNS = [
  "identity_line_item_id",
  "identity_time_interval",
  "bill_invoice_id",
  "bill_billing_entity",
  "bill_bill_type",
  "bill_payer_account_id",
  "bill_billing_period_start_date",
  "bill_billing_period_end_date",
  "line_item_usage_account_id",
  "line_item_line_item_type",
  "line_item_usage_start_date",
  "line_item_usage_end_date",
  "line_item_product_code",
  "product_servicecode",
  "line_item_usage_type",
  "line_item_operation",
  "line_item_resource_id",
  "product_region_code",
  "line_item_usage_amount",
  "line_item_currency_code",
  "line_item_unblended_rate",
  "line_item_unblended_cost",
  "line_item_net_unblended_cost",
  "line_item_legal_entity",
  "line_item_line_item_description",
  "reservation_reservation_a_r_n",
  "reservation_effective_cost",
  "reservation_net_effective_cost",
  "reservation_amortized_upfront_fee_for_billing_period",
  "reservation_unused_amortized_upfront_fee_for_billing_period",
  "reservation_unused_recurring_fee",
  "savings_plan_savings_plan_a_r_n",
  "savings_plan_savings_plan_effective_cost",
  "savings_plan_net_savings_plan_effective_cost",
  "savings_plan_total_commitment_to_date",
  "savings_plan_used_commitment",
  "resource_tags",
] as const;
export type CurColumn = (typeof CUR_COLUMNS)[number];

/** Costs and amounts are whole numbers of 1e-10, as AWS prints ten decimals. */
const DECIMALS = 10;
export const costText = (units: bigint): string => unscaled(units, DECIMALS);

export type CurCells = Partial<Record<CurColumn, string>>;

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One CSV line; columns without a value stay empty. */
export const curLine = (cells: CurCells): string =>
  `${CUR_COLUMNS.map((column) => quoted(cells[column] ?? "")).join(",")}\n`;

export const curHeader = (): string => `${CUR_COLUMNS.join(",")}\n`;
