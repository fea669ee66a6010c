import { quote } from "./expressions.ts";
import { KNOWN_LINE_TYPES } from "./line-types.ts";

/**
 * Every query over the canonical lines, once, for both engines. `fact_cost_raw` stands for the columnar files that the caller names.
 * Counts are cast to varchar by the engine's JSON anyway; amounts stay decimal(38,12) so that sums are bit-identical everywhere.
 */

/** What a file holds: one row per billing period and currency. */
export const CONTENTS = `
select billing_period, line_item_currency_code as currency, count(*) as line_count,
  sum(case when line_item_unblended_cost <> 0 then 1 else 0 end) as priced_count,
  min(source_row) as first_row, max(source_row) as last_row
from fact_cost_raw
group by billing_period, line_item_currency_code
order by billing_period nulls first, line_count desc, first_row`;

/** What was wrong with lines, and where it was first. */
export const ISSUES = `
select billing_period, issue_code, issue_column, count(*) as line_count, min(source_row) as first_row, max(source_row) as last_row,
  min_by(issue_text, source_row) as issue_text
from fact_cost_raw
where issue_code is not null
group by billing_period, issue_code, issue_column
order by first_row`;

const NOT_SPLIT = "not is_split";

/** Facts of one delivery that findings and finality are decided on. */
export const FACTS = `
select count(*) as line_count,
  sum(case when is_split then 1 else 0 end) as split_count,
  sum(case when ${NOT_SPLIT} and (line_item_unblended_cost <> 0 or amortized_cost <> 0) and (net_unblended_cost is null or net_amortized_cost is null) then 1 else 0 end) as without_net,
  sum(case when ${NOT_SPLIT} and line_item_unblended_cost <> 0 and bill_invoice_id is null then 1 else 0 end) as without_invoice,
  sum(case when ${NOT_SPLIT} and line_item_unblended_cost <> 0 then 1 else 0 end) as with_cost
from fact_cost_raw`;

export const UNKNOWN_TYPES = `
select line_item_line_item_type as line_item_type, count(*) as line_count, sum(line_item_unblended_cost) as cost,
  min(source_row) as first_row, min_by(source_file, source_row) as source_file
from fact_cost_raw
where ${NOT_SPLIT} and coalesce(line_item_line_item_type, '') not in (${KNOWN_LINE_TYPES.map(quote).join(", ")})
group by line_item_line_item_type
order by line_item_type nulls first`;

export const OTHER_PROVIDERS = `
select provider, count(*) as line_count, sum(line_item_unblended_cost) as cost,
  min(source_row) as first_row, min_by(source_file, source_row) as source_file
from fact_cost_raw
where ${NOT_SPLIT} and provider <> 'AWS'
group by provider
order by provider`;

/**
 * What two sets of lines have in common: charges (an hour or day of an account, product, usage type, operation and resource) of those that are
 * new, of the others, and of both. `digests` are the raw files of the new ones. AWS gives new ids to the same lines in every delivery.
 */
export const overlapQuery = (digests: readonly string[]): string => `
select sum(is_new) as new_count, sum(is_old) as old_count, sum(is_new * is_old) as both_count
from (
  select max(case when source_digest in (${digests.map(quote).join(", ")}) then 1 else 0 end) as is_new,
    max(case when source_digest in (${digests.map(quote).join(", ")}) then 0 else 1 end) as is_old
  from fact_cost_raw
  where ${NOT_SPLIT}
  group by line_item_usage_start_date, line_item_usage_account_id, line_item_line_item_type, line_item_product_code,
    line_item_usage_type, line_item_operation, line_item_resource_id
) as charges`;

/**
 * (line item id, time interval) is the key of a line within a delivery. Lines are counted by 128 bits of it: whole keys of ten million lines would
 * take more memory than the engine has, and two keys with the same bits are not met in any number of lines that a delivery has.
 */
const LINE_KEY =
  "xxhash64(to_utf8(identity_line_item_id)) as id_bits, xxhash64(to_utf8(coalesce(identity_time_interval, ''))) as interval_bits";
const KEYED_LINES = `
  select id_bits, interval_bits, count(*) as line_count, min(source_row) as first_row
  from (select ${LINE_KEY}, source_row from fact_cost_raw where identity_line_item_id is not null and ${NOT_SPLIT}) as keyed
  group by id_bits, interval_bits
  having count(*) > 1`;

/** Keys that several lines share, and those lines, counted. */
export const DUPLICATES = `
select count(*) as pair_count, sum(line_count) as line_count, min(first_row) as first_row
from (${KEYED_LINES}) as pairs`;

/** The file in which such a line stands, by the row that `DUPLICATES` names. */
export const duplicateFileQuery = (row: number): string =>
  `
select min(source_file) as source_file
from (select ${LINE_KEY}, source_file from fact_cost_raw where source_row = ${Math.trunc(row)} and identity_line_item_id is not null and ${NOT_SPLIT}) as here
join (${KEYED_LINES}) as pairs on here.id_bits = pairs.id_bits and here.interval_bits = pairs.interval_bits`.trimEnd();

/** The key of a daily group, in the order that numbers the groups; each with its SQL over the canonical lines. */
export const DAILY_KEY = {
  usage_date: "coalesce(usage_date, cast(bill_billing_period_start_date as date))",
  tenant_tag: "resource_tags_user_tenant_id",
  tag_state:
    "case when resource_tags_user_tenant_id is null then 'absent' when trim(resource_tags_user_tenant_id) = '' then 'blank' else 'present' end",
  plan_tag: "resource_tags_user_plan_id",
  component: "resource_tags_user_service_component",
  service: "coalesce(line_item_product_code, '')",
  usage_type: "coalesce(line_item_usage_type, '')",
  line_item_type: "coalesce(line_item_line_item_type, '')",
  account: "coalesce(line_item_usage_account_id, '')",
  region: "coalesce(region, '')",
  payer: "coalesce(bill_payer_account_id, '')",
  billing_entity: "coalesce(bill_billing_entity, '')",
  provider: "provider",
  is_upfront: "is_upfront",
} as const;

/** The sums of a daily group. */
export const DAILY_SUMS = {
  usage_amount: "line_item_usage_amount",
  unblended_cost: "line_item_unblended_cost",
  amortized_cost: "amortized_cost",
  net_unblended_cost: "net_unblended_cost",
  net_amortized_cost: "net_amortized_cost",
  upfront_purchase: "upfront_purchase",
  amortized_upfront: "amortized_upfront",
} as const;

const keyNames = Object.keys(DAILY_KEY);
const sumNames = Object.keys(DAILY_SUMS);
const items = (sql: Readonly<Record<string, string>>): string =>
  Object.entries(sql)
    .map(([name, expression]) => `${expression} as ${name}`)
    .join(", ");

/** The daily groups of a delivery, numbered in the order of their key: the same lines give the same numbers. */
export const DAILY = `
select row_number() over (order by ${keyNames.map((name) => `${name} nulls first`).join(", ")}) as group_no,
  ${keyNames.join(", ")}, ${sumNames.join(", ")}, row_count
from (
  select ${keyNames.join(", ")},
    ${sumNames.map((name) => `coalesce(sum(${name}), cast(0 as decimal(38,12))) as ${name}`).join(", ")}, count(*) as row_count
  from (select ${items(DAILY_KEY)}, ${items(DAILY_SUMS)} from fact_cost_raw where ${NOT_SPLIT}) as priced_lines
  group by ${keyNames.join(", ")}
) as daily_groups
order by group_no`;

/** Columns of a line that a person is shown. */
const SHOWN = [
  "source_file",
  "source_row",
  "source_digest",
  "identity_line_item_id",
  "identity_time_interval",
  "billing_period",
  "usage_date",
  "line_item_line_item_type",
  "line_item_product_code",
  "line_item_usage_type",
  "line_item_operation",
  "line_item_resource_id",
  "line_item_usage_account_id",
  "bill_payer_account_id",
  "bill_invoice_id",
  "region",
  "line_item_usage_amount",
  "line_item_currency_code",
  "line_item_unblended_rate",
  "line_item_unblended_cost",
  "amortized_cost",
  "net_unblended_cost",
  "net_amortized_cost",
  "resource_tags_user_tenant_id",
  "resource_tags_user_plan_id",
  "resource_tags_user_service_component",
  "is_split",
];

/** Columns that lines are filtered by, in the words of the daily groups: a blank there stands for no value here. */
const FILTERED = {
  service: "line_item_product_code",
  tenant: "resource_tags_user_tenant_id",
  plan: "resource_tags_user_plan_id",
  component: "resource_tags_user_service_component",
  line_item_type: "line_item_line_item_type",
  usage_type: "line_item_usage_type",
  account: "line_item_usage_account_id",
  region: "region",
  payer: "bill_payer_account_id",
  resource_id: "line_item_resource_id",
} as const;
type FilterName = keyof typeof FILTERED;
const FILTER_NAMES = Object.keys(FILTERED) as readonly FilterName[];

export interface LineFilter {
  readonly exactly: Readonly<Partial<Record<FilterName, string | undefined>>>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** That no line lacks its day, so that days alone decide, and whole row groups by their statistics. */
  readonly haveDays: boolean;
  /** The last line of the page before. */
  readonly after?: { readonly digest: string; readonly row: number } | undefined;
}

type Condition = readonly [sql: string, values: readonly (string | number)[]];

/** A bare column against a value: what an engine can hold to the statistics of a file, and so read none of it where they say no. */
const exactly = (column: string, wanted: string): Condition =>
  wanted === "" ? [`(${column} is null or ${column} = '')`, []] : [`${column} = ?`, [wanted]];

/** A line without a day counts on its period's first one. */
const dayIs = (sign: "<=" | ">=", day: string, haveDays: boolean): Condition => [
  `${haveDays ? "usage_date" : DAILY_KEY.usage_date} ${sign} cast(? as date)`,
  [day],
];

/** Lines that answer to a filter, in the order of their file and row. */
export const linesQuery = (filter: LineFilter, limit: number): { text: string; parameters: (string | number)[] } => {
  const { after, from, to } = filter;
  const parts: readonly Condition[] = [
    ...FILTER_NAMES.flatMap((name) => {
      const wanted = filter.exactly[name];
      return wanted === undefined ? [] : [exactly(FILTERED[name], wanted)];
    }),
    ...(from === undefined ? [] : [dayIs(">=", from, filter.haveDays)]),
    ...(to === undefined ? [] : [dayIs("<=", to, filter.haveDays)]),
    ...(after === undefined
      ? []
      : [
          [
            "source_digest >= ? and (source_digest > ? or source_row > ?)",
            [after.digest, after.digest, after.row],
          ] as const,
        ]),
  ];
  const where = parts.length === 0 ? "" : `where ${parts.map(([sql]) => sql).join(" and ")}`;
  return {
    text: `select ${SHOWN.join(", ")} from fact_cost_raw ${where} order by source_digest, source_row limit ${Math.trunc(limit)}`,
    parameters: parts.flatMap(([, values]) => values),
  };
};
