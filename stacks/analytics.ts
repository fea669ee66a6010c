import type { Key } from "./keys.ts";
import { isProduction, named } from "./stage.ts";
import type { Storage } from "./storage.ts";

const DECIMAL = "decimal(38,12)";

/** The columns of the columnar cost lines as Athena names their types; `billing_period` is the partition. */
const COLUMNS: Readonly<Record<string, string>> = {
  identity_line_item_id: "string",
  identity_time_interval: "string",
  bill_billing_period_start_date: "timestamp",
  bill_billing_period_end_date: "timestamp",
  bill_invoice_id: "string",
  bill_payer_account_id: "string",
  bill_billing_entity: "string",
  legal_entity: "string",
  provider: "string",
  line_item_usage_account_id: "string",
  line_item_line_item_type: "string",
  usage_date: "date",
  line_item_usage_start_date: "timestamp",
  line_item_usage_end_date: "timestamp",
  line_item_product_code: "string",
  product_servicecode: "string",
  line_item_usage_type: "string",
  line_item_operation: "string",
  line_item_resource_id: "string",
  region: "string",
  line_item_usage_amount: DECIMAL,
  line_item_currency_code: "string",
  line_item_unblended_rate: "string",
  line_item_unblended_cost: DECIMAL,
  net_unblended_cost: DECIMAL,
  amortized_cost: DECIMAL,
  net_amortized_cost: DECIMAL,
  upfront_purchase: DECIMAL,
  amortized_upfront: DECIMAL,
  is_upfront: "boolean",
  is_split: "boolean",
  reservation_arn: "string",
  resource_tags_user_tenant_id: "string",
  resource_tags_user_plan_id: "string",
  resource_tags_user_service_component: "string",
  issue_code: "string",
  issue_column: "string",
  issue_text: "string",
  source_file: "string",
  source_row: "bigint",
  source_digest: "string",
};

/** A query that would read more is stopped: 1 TiB costs about 5 USD. */
const BYTES_CUTOFF = (isProduction ? 1024 : 100) * 1024 ** 3;

/** The cost lines as a table whose months need no crawler, and a workgroup that bounds what a query may read. */
export const makeAnalytics = (key: Key, { files }: Storage) => {
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const name = named("lake").replaceAll("-", "_");
  const database = new aws.glue.CatalogDatabase("AnalyticsDatabase", { name });
  const location = $interpolate`s3://${files.name}/lake/fact_cost_raw`;
  new aws.glue.CatalogTable("AnalyticsCostLines", {
    name: "fact_cost_raw",
    databaseName: database.name,
    description: "Canonical cost lines; of several deliveries of a month, source_digest says which is meant",
    tableType: "EXTERNAL_TABLE",
    partitionKeys: [{ name: "billing_period", type: "string" }],
    parameters: {
      classification: "parquet",
      EXTERNAL: "TRUE",
      "projection.enabled": "true",
      "projection.billing_period.type": "date",
      "projection.billing_period.format": "yyyy-MM",
      "projection.billing_period.range": "2020-01,NOW+1MONTHS",
      "projection.billing_period.interval": "1",
      "projection.billing_period.interval.unit": "MONTHS",
      "storage.location.template": $interpolate`${location}/billing_period=\${billing_period}/`,
    },
    storageDescriptor: {
      location: $interpolate`${location}/`,
      columns: Object.entries(COLUMNS).map(([column, type]) => ({ name: column, type })),
      inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
    },
  });
  const workgroup = new aws.athena.Workgroup("AnalyticsWorkgroup", {
    name: named("lake"),
    forceDestroy: !isProduction,
    configuration: {
      // Conversions say in which folder their table stands, which an enforced workgroup refuses.
      enforceWorkgroupConfiguration: false,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: BYTES_CUTOFF,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: $interpolate`s3://${files.name}/athena/`,
        encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key.arn },
      },
    },
  });
  const glue = $interpolate`arn:aws:glue:${region}:${accountId}`;
  return {
    database: database.name,
    workgroup: workgroup.name,
    workgroupArn: workgroup.arn,
    catalogArn: $interpolate`${glue}:catalog`,
    /** Athena looks at it whatever a query is about. */
    defaultArn: $interpolate`${glue}:database/default`,
    databaseArn: $interpolate`${glue}:database/${database.name}`,
    tablesArn: $interpolate`${glue}:table/${database.name}/*`,
  };
};

export type Analytics = ReturnType<typeof makeAnalytics>;
