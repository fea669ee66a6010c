import { DuckDBInstance } from "@duckdb/node-api";
import { measured, peakMemory, report } from "./measure.ts";

/**
 * The peer: the allocation as one would type it into plain DuckDB, over the same Parquet files and usage, with the engine settings
 * that the product uses. Direct cost by tenant, shared cost by the same pools and keys, shares as decimals without largest remainder.
 */
const [usageFile = "", ...parquet] = process.argv.slice(2);

const ALLOCATION = `
create table allocated as
with lines as (
  select resource_tags_user_tenant_id as tenant, product_servicecode as service, line_item_usage_type as usage_type,
         resource_tags_user_service_component as component, line_item_line_item_type as line_type, sum(amortized_cost) as cost
  from read_parquet([${parquet.map((path) => `'${path}'`).join(", ")}])
  group by all
),
routed as (
  select *, case
    when line_type not in ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage') then 'operator'
    when tenant is not null and tenant <> '' then 'direct'
    when usage_type like '%NatGateway-%' then 'nat_gb_processed'
    when usage_type like '%VpcEndpoint-Bytes%' then 'privatelink_gb_processed'
    when usage_type like '%VpcEndpoint-%' then 'endpoint_hours'
    when service = 'AmazonCloudWatch' then 'runner_hours'
    when service = 'AmazonS3' and component like '%lake%' and usage_type like '%TimedStorage%' then 'storage_gb_peak'
    when service = 'AmazonS3' and component like '%lake%' then 'data_ingestion_gb'
    else 'untagged' end as pool
  from lines
),
keys as (
  select tenant_id, metric_code, case when metric_code = 'storage_gb_peak' then max(metric_value) else sum(metric_value) end as value
  from read_csv('${usageFile}', types = {'metric_value': 'DECIMAL(38,12)'})
  group by tenant_id, metric_code
),
shares as (select tenant_id, metric_code, value / sum(value) over (partition by metric_code) as share from keys),
pools as (select pool, service, sum(cost) as cost from routed group by all)
select tenant, service, 'direct' as kind, sum(cost)::decimal(38, 12) as cost from routed where pool = 'direct' group by all
union all
select shares.tenant_id, service, 'allocated', (pools.cost * shares.share)::decimal(38, 12)
from pools join shares on shares.metric_code = pools.pool
union all
select null, service, pool, cost from pools where pool in ('operator', 'untagged')`;

const instance = await DuckDBInstance.create(":memory:", {
  threads: "1",
  memory_limit: "256MB",
  preserve_insertion_order: "false",
});
const connection = await instance.connect();
const { measure } = await measured(() => connection.run(ALLOCATION));
const reader = await connection.runAndReadAll(
  "select sum(cost)::varchar as total, count(*)::int as rows from allocated",
);
const [row] = reader.getRowObjects();
report({ ...measure, total: String(row?.["total"]), rows: row?.["rows"], peak: peakMemory() });
