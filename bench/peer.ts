import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { measured, peakMemory, report } from "./measure.ts";

/**
 * The peer: the same allocation typed into plain DuckDB, over the same Parquet files and usage, with the engine settings that the
 * product uses. The same pools, keys, weights and largest remainder in units of 1e-12, with the usage types of each pool as its evidence,
 * written to a database file. It checks no rule, tenant, digest or conservation, and writes no audit event.
 */
const [folder = ".", usageFile = "", ...parquet] = process.argv.slice(2);

const ALLOCATION = `
create or replace table allocated as
with lines as (
  select resource_tags_user_tenant_id as tag, product_servicecode as service, line_item_usage_type as usage_type,
         coalesce(resource_tags_user_service_component, '') as component, line_item_line_item_type as line_type,
         line_item_usage_account_id as account, region, bill_billing_entity as entity, sum(amortized_cost) as cost, count(*) as line_count
  from read_parquet([${parquet.map((path) => `'${path}'`).join(", ")}])
  group by all
),
usage as (
  select tenant_id, metric_code,
         cast((case when metric_code like '%_peak' then max(metric_value) else sum(metric_value) end) * 1000000000000 as hugeint) as units
  from read_csv('${usageFile}', header = true, columns = {'usage_date': 'DATE', 'tenant_id': 'VARCHAR', 'metric_code': 'VARCHAR', 'metric_value': 'DECIMAL(38,12)'})
  group by tenant_id, metric_code
),
totals as (select metric_code, sum(units)::hugeint as units from usage group by metric_code),
rules(rule, metric_code, weight) as (values ('nat', 'nat_gb_processed', 10), ('plink-gb', 'privatelink_gb_processed', 10),
  ('plink-hours', 'endpoint_hours', 10), ('cloudwatch', 'runner_hours', 6), ('cloudwatch', 'data_ingestion_gb', 4),
  ('lake-storage', 'storage_gb_peak', 10), ('lake-requests', 'data_ingestion_gb', 10), ('transfer-out', 'egress_gb', 10),
  ('transfer-zones', 'data_ingestion_gb', 10), ('pool-volumes', 'volume_gb', 10), ('pool-snapshots', 'storage_gb_peak', 10),
  ('pool-compute', 'runner_hours', 5), ('pool-compute', 'cpu_core_hours', 5)),
weights as (
  select rule, tenant_id, sum(weight * usage.units * 1000000000000000::hugeint // totals.units)::hugeint as weight
  from rules join usage using (metric_code) join totals using (metric_code)
  where totals.units > 0 group by rule, tenant_id
),
weight_totals as (select rule, sum(weight)::hugeint as weight from weights group by rule),
routed as (
  select *, case
    when line_type not in ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage') then 'operator'
    when tag <> '' then 'direct'
    when service like '%Support%' or entity = 'AWS Marketplace' then 'operator'
    when usage_type like '%NatGateway-%' then 'nat'
    when usage_type like '%VpcEndpoint-Bytes%' then 'plink-gb'
    when usage_type like '%VpcEndpoint-%' then 'plink-hours'
    when service = 'AmazonCloudWatch' then 'cloudwatch'
    when service = 'AmazonS3' and component like '%lake%' and usage_type like '%TimedStorage%' then 'lake-storage'
    when service = 'AmazonS3' and component like '%lake%' then 'lake-requests'
    when usage_type like '%DataTransfer-Out-Bytes%' or usage_type like '%-AWS-Out-Bytes%' or usage_type like '%CloudFront-Out-Bytes%' then 'transfer-out'
    when usage_type like '%DataTransfer-Regional-Bytes%' then 'transfer-zones'
    when is_pool and usage_type like '%EBS:Volume%' then 'pool-volumes'
    when is_pool and usage_type like '%EBS:Snapshot%' then 'pool-snapshots'
    when is_pool and regexp_matches(usage_type, 'BoxUsage|SpotUsage|DedicatedUsage|UnusedBox|EBSOptimized|CPUCredits') then 'pool-compute'
    else 'untagged' end as rule
  from (select *, service = 'AmazonEC2' and (component like '%shared%' or component like '%pool%' or component in ('runner', 'runners')) as is_pool
    from lines)
),
pools as (
  select service, rule, case when rule = 'direct' then tag end as tag, cast(sum(cost) * 1000000000000 as hugeint) as units,
         sum(line_count) as line_count, list(distinct {'line_type': line_type, 'usage_type': usage_type, 'component': component, 'account': account, 'region': region}) as evidence,
         row_number() over (order by service, rule, case when rule = 'direct' then tag end) as pool
  from routed
  group by service, rule, case when rule = 'direct' then tag end
),
shared as (
  select pools.*, weights.tenant_id, weights.weight, weight_totals.weight as of_weight,
         pools.units * weights.weight // weight_totals.weight as share, pools.units * weights.weight % weight_totals.weight as rest
  from pools join weights using (rule) join weight_totals using (rule)
),
ranked as (
  select *, units - sum(share) over (partition by pool) as missing, row_number() over (partition by pool order by rest desc, tenant_id) as place
  from shared
)
select pool, service, 'allocated' as kind, rule, tenant_id, share + case when place <= missing then 1 else 0 end as units, units as pool_units,
       weight, of_weight, line_count, evidence
from ranked
union all
select pool, service, case when rule in ('direct', 'untagged') then rule else 'overhead' end, rule, tag,
       units, units, null, null, line_count, evidence
from pools where rule not in (select rule from weight_totals)`;

const instance = await DuckDBInstance.create(join(folder, "peer.duckdb"), {
  threads: "1",
  memory_limit: "256MB",
  preserve_insertion_order: "false",
});
const connection = await instance.connect();
const allocate = async (): Promise<void> => {
  await connection.run(ALLOCATION);
  await connection.run("checkpoint");
};
const { measure } = await measured(allocate);
const again = await measured(allocate);
const reader = await connection.runAndReadAll(
  "select kind, (sum(units)::decimal(26, 0) * 0.000000000001)::varchar as cost from allocated group by kind",
);
const kinds = Object.fromEntries(z.array(z.tuple([z.string(), z.string()])).parse(reader.getRowsJson()));
report({ ...measure, again: again.measure, peak: peakMemory(), kinds });
