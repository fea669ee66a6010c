import { type ColumnFinder, columnFinder, type SourceColumn } from "./columns.ts";
import type { CanonicalExpressions } from "./canonical.ts";
import { firstOf, monthOf, quote, type Reading } from "./expressions.ts";
import { issueColumns } from "./issues.ts";
import { DISCOUNT_TYPES } from "./line-types.ts";

/** Where the lines came from. */
export interface SourceFile {
  readonly name: string;
  readonly digest: string;
  readonly kind: "csv" | "parquet";
  /** False where no text of the file begins or ends with a blank. */
  readonly mayBePadded: boolean;
}

const DATES = ["bill_billing_period_start_date", "line_item_usage_start_date"];
const EFFECTIVE = {
  savingsPlan: "savings_plan_savings_plan_effective_cost",
  netSavingsPlan: "savings_plan_net_savings_plan_effective_cost",
  commitment: "savings_plan_total_commitment_to_date",
  used: "savings_plan_used_commitment",
  savingsPlanUpfront: "savings_plan_amortized_upfront_commitment_for_billing_period",
  reservation: "reservation_effective_cost",
  netReservation: "reservation_net_effective_cost",
  unusedUpfront: "reservation_unused_amortized_upfront_fee_for_billing_period",
  unusedRecurring: "reservation_unused_recurring_fee",
  netUnusedUpfront: "reservation_net_unused_amortized_upfront_fee_for_billing_period",
  netUnusedRecurring: "reservation_net_unused_recurring_fee",
  reservationUpfront: "reservation_amortized_upfront_fee_for_billing_period",
} as const;
const PAYER = "bill_payer_account_id";
const COST = "line_item_unblended_cost";
const NET = "line_item_net_unblended_cost";
/** Every amount that is read of a line. */
export const CUR_AMOUNTS: readonly string[] = [COST, "line_item_usage_amount", NET, ...Object.values(EFFECTIVE)];

/**
 * Tags: a column each in the legacy report (blank means none), a map with lower snake-case keys in CUR 2.0 (`user_tenant_id`), and
 * its newer `tags` map with the legacy spelling.
 */
const tagOf = (find: ColumnFinder, read: Reading, key: string): string => {
  const [resourceTags, tags] = [find("resource_tags"), find("tags")];
  const column = find(`resource_tags_user_${key}`, `resourceTags/user:${key}`);
  return firstOf([
    ...(column ? [read.text(column.name)] : []),
    ...(resourceTags ? [read.mapValue(resourceTags, `user_${key}`, true)] : []),
    ...(tags ? [read.mapValue(tags, `resourceTags/user:${key}`, true)] : []),
  ]);
};

/** Split cost allocation (EKS pods, ECS tasks) restates the cost of the instance it ran on. */
const splitCondition = (read: Reading): string =>
  read.condition(
    "split",
    `${read.text("split_line_item_parent_resource_id")} is not null or coalesce(${read.text("line_item_operation")}, '') in ('EKSPod-EC2', 'ECSTask-EC2')`,
  );

const when = (branches: readonly (readonly [string, string])[], otherwise: string): string =>
  `case ${branches.map(([condition, value]) => `when ${condition} then ${value}`).join(" ")} else ${otherwise} end`;

/** The cost columns by line item type (notes on cost data: cash, amortised, and their net forms). */
const costColumns = (read: Reading) => {
  const { text, amount, optionalAmount } = read;
  const type = text("line_item_line_item_type");
  const arn = text("reservation_reservation_a_r_n");
  const cost = amount(COST);
  const isFeeUpfront = `(${type} = 'Fee' and ${arn} is not null)`;
  const isUpfront = read.condition("upfront", `coalesce(${type} = 'SavingsPlanUpfrontFee' or ${isFeeUpfront}, false)`);
  const isDiscount = read.condition("discount", `${type} in (${DISCOUNT_TYPES.map(quote).join(", ")})`);
  const is = (name: string): string => `${type} = ${quote(name)}`;
  // A line without a cost needs no net cost; a line with one and no net column stays NULL, and a net basis is refused.
  const orZero = (net: string, gross: string): string => `coalesce(${net}, case when ${gross} = 0 then ${gross} end)`;
  const netCost = when([[isDiscount, "0"]], orZero(optionalAmount(NET), cost));
  const unused = `(${amount(EFFECTIVE.commitment)} - ${amount(EFFECTIVE.used)})`;
  const unusedReservation = `(${amount(EFFECTIVE.unusedUpfront)} + ${amount(EFFECTIVE.unusedRecurring)})`;
  const netUnusedReservation = `(${optionalAmount(EFFECTIVE.netUnusedUpfront)} + ${optionalAmount(EFFECTIVE.netUnusedRecurring)})`;
  const covered = amount(EFFECTIVE.savingsPlan);
  const reserved = amount(EFFECTIVE.reservation);
  const timing = `case when ${isUpfront} then 0 else`;
  return {
    line_item_unblended_cost: cost,
    net_unblended_cost: netCost,
    amortized_cost: `${timing} ${when(
      [
        [is("SavingsPlanCoveredUsage"), covered],
        [is("SavingsPlanNegation"), "0"],
        [is("SavingsPlanRecurringFee"), unused],
        [is("DiscountedUsage"), reserved],
        [is("RIFee"), unusedReservation],
      ],
      cost,
    )} end`,
    net_amortized_cost: `${timing} ${when(
      [
        [is("SavingsPlanCoveredUsage"), orZero(optionalAmount(EFFECTIVE.netSavingsPlan), covered)],
        [is("SavingsPlanNegation"), "0"],
        // AWS gives no net form of unused commitment: it is known where nothing was unused, or where no discount applied.
        [
          is("SavingsPlanRecurringFee"),
          `case when ${unused} = 0 or ${optionalAmount(NET)} = ${cost} then ${unused} end`,
        ],
        [is("DiscountedUsage"), orZero(optionalAmount(EFFECTIVE.netReservation), reserved)],
        [is("RIFee"), orZero(netUnusedReservation, unusedReservation)],
        [isDiscount, "0"],
      ],
      netCost,
    )} end`,
    upfront_purchase: `case when ${isUpfront} then ${cost} else 0 end`,
    amortized_upfront: when(
      [
        [is("RIFee"), amount(EFFECTIVE.reservationUpfront)],
        [is("SavingsPlanRecurringFee"), amount(EFFECTIVE.savingsPlanUpfront)],
      ],
      "0",
    ),
    is_upfront: isUpfront,
    reservation_arn: firstOf([arn, text("savings_plan_savings_plan_a_r_n")]),
  };
};

/** How the canonical columns are read from a file of the legacy report or of CUR 2.0. */
export const curExpressions = (
  columns: readonly SourceColumn[],
  read: Reading,
  file: SourceFile,
): CanonicalExpressions => {
  const find = columnFinder(columns);
  const { text, timestamp, optionalAmount } = read;
  const isSplit = splitCondition(read);
  const zone = `nullif(regexp_replace(${text("line_item_availability_zone")}, '[a-z]$', ''), '')`;
  const start = timestamp("bill_billing_period_start_date");
  const lastColumn = file.kind === "csv" ? columns.at(-1) : undefined;
  return {
    identity_line_item_id: text("identity_line_item_id"),
    identity_time_interval: text("identity_time_interval"),
    billing_period: monthOf(start, text("bill_billing_period_start_date")),
    bill_billing_period_start_date: start,
    bill_billing_period_end_date: timestamp("bill_billing_period_end_date"),
    bill_invoice_id: text("bill_invoice_id"),
    bill_payer_account_id: text(PAYER),
    bill_billing_entity: text("bill_billing_entity"),
    legal_entity: text("line_item_legal_entity"),
    provider: "'AWS'",
    line_item_usage_account_id: text("line_item_usage_account_id"),
    line_item_line_item_type: text("line_item_line_item_type"),
    usage_date: `cast(${timestamp("line_item_usage_start_date")} as date)`,
    line_item_usage_start_date: timestamp("line_item_usage_start_date"),
    line_item_usage_end_date: timestamp("line_item_usage_end_date"),
    line_item_product_code: text("line_item_product_code"),
    product_servicecode: text("product_servicecode"),
    line_item_usage_type: text("line_item_usage_type"),
    line_item_operation: text("line_item_operation"),
    line_item_resource_id: text("line_item_resource_id"),
    region: firstOf([text("product_region_code", "product_region"), zone]),
    line_item_usage_amount: optionalAmount("line_item_usage_amount"),
    line_item_currency_code: text("line_item_currency_code"),
    line_item_unblended_rate: text("line_item_unblended_rate"),
    ...costColumns(read),
    is_split: isSplit,
    resource_tags_user_tenant_id: tagOf(find, read, "tenant_id"),
    resource_tags_user_plan_id: tagOf(find, read, "plan_id"),
    resource_tags_user_service_component: tagOf(find, read, "service_component"),
    ...issueColumns({
      read,
      find,
      dates: DATES,
      amounts: CUR_AMOUNTS,
      payer: PAYER,
      costs: [COST],
      lastColumn,
      isSplit,
    }),
    source_file: quote(file.name),
    source_row: "engine_row",
    source_digest: quote(file.digest),
  };
};

/** The cost columns a line item type needs to be amortised: a file that has such lines must have them. */
export const AMORTISATION_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  SavingsPlanCoveredUsage: [EFFECTIVE.savingsPlan],
  SavingsPlanRecurringFee: [EFFECTIVE.commitment, EFFECTIVE.used],
  DiscountedUsage: [EFFECTIVE.reservation],
  RIFee: [EFFECTIVE.unusedUpfront, EFFECTIVE.unusedRecurring, EFFECTIVE.reservationUpfront],
};
