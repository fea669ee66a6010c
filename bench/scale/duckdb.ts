import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CUR_COLUMNS } from "@commops/core/synthetic";
import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { measured, peakMemory, report } from "../measure.ts";
import { digestOf } from "./answer.ts";

/**
 * The peer of a conversion: plain DuckDB turns the same files into Parquet, and answers from that. Typed by one who knows the files: costs are
 * read as decimals of 18 digits, which these fit, and written as wide as sums need them; the same engine settings, packing, row groups and
 * columns as the product's, its way back to file and row among them. It checks nothing: no text that is no number, no short row, no
 * stream that breaks off, no line that is lost.
 */
const [folder = ".", ...files] = process.argv.slice(2);
/** One Parquet file for each raw one, as the product's; all of them in one statement do not fit into the memory that both have. */
const targets = files.map((_, index) => join(folder, `peer-${index}.parquet`));

const typeOf = (column: string): string => {
  if (/_(start|end)_date$/.test(column)) return "TIMESTAMP";
  return /_(cost|amount|fee|commitment|billing_period|to_date)$/.test(column) ? "DECIMAL(18,10)" : "VARCHAR";
};
const columns = CUR_COLUMNS.map((column) => `'${column}': '${typeOf(column)}'`).join(", ");
const DISCOUNTS = "line_item_line_item_type in ('EdpDiscount', 'PrivateRateDiscount', 'BundledDiscount', 'Discount')";
const UPFRONT =
  "line_item_line_item_type = 'SavingsPlanUpfrontFee' or line_item_line_item_type = 'Fee' and reservation_reservation_a_r_n is not null";
const wide = (sql: string, name: string): string => `cast(coalesce(${sql}, 0) as decimal(38,12)) as ${name}`;
const unused =
  "reservation_unused_amortized_upfront_fee_for_billing_period + coalesce(reservation_unused_recurring_fee, 0)";
const amortised = (covered: string, reserved: string, other: string): string => `case when ${UPFRONT} then 0
  when line_item_line_item_type = 'SavingsPlanCoveredUsage' then ${covered}
  when line_item_line_item_type = 'SavingsPlanNegation' then 0
  when line_item_line_item_type = 'SavingsPlanRecurringFee' then savings_plan_total_commitment_to_date - savings_plan_used_commitment
  when line_item_line_item_type = 'DiscountedUsage' then ${reserved}
  when line_item_line_item_type = 'RIFee' then ${unused} else ${other} end`;
const net = `case when ${DISCOUNTS} then 0 else line_item_net_unblended_cost end`;
const tag = (key: string): string => `json_extract_string(resource_tags, '$.user_${key}') as tag_${key}`;

const conversionOf = (file: string, target: string): string => `
copy (
  select identity_line_item_id, identity_time_interval, strftime(bill_billing_period_start_date, '%Y-%m') as billing_period,
    bill_billing_period_start_date, bill_billing_period_end_date, bill_invoice_id, bill_payer_account_id, bill_billing_entity,
    line_item_legal_entity, 'AWS' as provider, line_item_usage_account_id, line_item_line_item_type,
    cast(line_item_usage_start_date as date) as usage_date, line_item_usage_start_date, line_item_usage_end_date, line_item_product_code,
    product_servicecode, line_item_usage_type, line_item_operation, line_item_resource_id, product_region_code,
    cast(line_item_usage_amount as decimal(38,12)) as usage_amount, line_item_currency_code, line_item_unblended_rate,
    ${wide("line_item_unblended_cost", "unblended_cost")}, ${wide(net, "net_unblended_cost")},
    ${wide(amortised("savings_plan_savings_plan_effective_cost", "reservation_effective_cost", "line_item_unblended_cost"), "amortized_cost")},
    ${wide(amortised("savings_plan_net_savings_plan_effective_cost", "reservation_net_effective_cost", net), "net_amortized_cost")},
    ${wide(`case when ${UPFRONT} then line_item_unblended_cost end`, "upfront_purchase")},
    ${wide("case when line_item_line_item_type = 'RIFee' then reservation_amortized_upfront_fee_for_billing_period end", "amortized_upfront")},
    coalesce(${UPFRONT}, false) as is_upfront, coalesce(line_item_operation in ('EKSPod-EC2', 'ECSTask-EC2'), false) as is_split,
    coalesce(reservation_reservation_a_r_n, savings_plan_savings_plan_a_r_n) as reservation_arn,
    ${tag("tenant_id")}, ${tag("plan_id")}, ${tag("service_component")}, filename, row_number() over () as row_number
  from read_csv('${file}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, filename = true, columns = {${columns}})
) to '${target}' (format parquet, compression zstd, row_group_size 40960)`;
const QUESTION = `
select coalesce(tag_tenant_id, '') as tenant, line_item_product_code as service, cast(sum(unblended_cost) as decimal(38,12))::varchar as cost
from read_parquet([${targets.map((path) => `'${path}'`).join(", ")}]) group by all`;
const answer = z.array(z.object({ tenant: z.string(), service: z.string(), cost: z.string() }));

const instance = await DuckDBInstance.create(":memory:", {
  threads: "1",
  memory_limit: "160MB",
  preserve_insertion_order: "false",
  temp_directory: folder,
});
const connection = await instance.connect();
const converted = await measured(async () => {
  for (const [index, file] of files.entries()) await connection.run(conversionOf(file, targets[index] ?? ""));
});
const ask = async () => answer.parse((await connection.runAndReadAll(QUESTION)).getRowObjectsJson());
const first = await measured(ask);
const again = await measured(ask);
const sizes = await Promise.all(targets.map((path) => stat(path)));
report({
  ...converted.measure,
  first: first.measure,
  again: again.measure,
  peak: peakMemory(),
  bytes: sizes.reduce((sum, { size }) => sum + size, 0),
  digest: digestOf(again.result),
});
