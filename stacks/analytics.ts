import { COST_LAKE, lakeFolder, type LakeTable } from "@commops/core/workflows";
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

/** What lines have in columns that AWS added since the first delivery: members of a JSON object. */
const ADDED_COLUMNS: Readonly<Record<string, string>> = {
  source_digest: "string",
  source_row: "bigint",
  added: "string",
};

const TABLES: Readonly<
  Record<
    LakeTable,
    { readonly resource: string; readonly is: string; readonly columns: Readonly<Record<string, string>> }
  >
> = {
  fact_cost_raw: {
    resource: "AnalyticsCostLines",
    is: "Canonical cost lines; of several deliveries of a month, source_digest says which is meant",
    columns: COLUMNS,
  },
  fact_cost_added: {
    resource: "AnalyticsAddedColumns",
    is: "What cost lines have in added columns, by source_digest and source_row",
    columns: ADDED_COLUMNS,
  },
};

/** A table whose months need no crawler: Athena works out their folders. */
const makeTable = (table: LakeTable, database: aws.glue.CatalogDatabase, { files }: Storage) => {
  const { partition, months } = COST_LAKE;
  const projected = `projection.${partition}`;
  const location = $interpolate`s3://${files.name}/${lakeFolder(table)}`;
  return new aws.glue.CatalogTable(TABLES[table].resource, {
    name: table,
    databaseName: database.name,
    description: TABLES[table].is,
    tableType: "EXTERNAL_TABLE",
    partitionKeys: [{ name: partition, type: "string" }],
    parameters: {
      classification: "parquet",
      EXTERNAL: "TRUE",
      "projection.enabled": "true",
      [`${projected}.type`]: "date",
      [`${projected}.format`]: "yyyy-MM",
      [`${projected}.range`]: `${months.from},${months.to}`,
      [`${projected}.interval`]: "1",
      [`${projected}.interval.unit`]: "MONTHS",
      "storage.location.template": $interpolate`${location}${partition}=\${${partition}}/`,
    },
    storageDescriptor: {
      location,
      columns: Object.entries(TABLES[table].columns).map(([column, type]) => ({ name: column, type })),
      inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
    },
  });
};

/** The cost lines as tables whose months need no crawler, and a workgroup that bounds what a query may read. */
export const makeAnalytics = (key: Key, storage: Storage) => {
  const { files } = storage;
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const name = named("lake").replaceAll("-", "_");
  const database = new aws.glue.CatalogDatabase("AnalyticsDatabase", { name });
  for (const table of COST_LAKE.tables) makeTable(table, database, storage);
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
