import type { MetricCode } from "../kernel/index.ts";

/** How the values of the days of a period become one value. */
export type Aggregation = "sum" | "peak" | "last";

export interface Metric {
  readonly code: MetricCode;
  readonly unit: string;
  readonly aggregation: Aggregation;
}

const metric = (code: string, unit: string, aggregation: Aggregation): readonly [string, Metric] => [
  code,
  { code: code as MetricCode, unit, aggregation },
];

/** The metric catalogue. Changing a metric's meaning makes a new code. */
export const METRICS: ReadonlyMap<string, Metric> = new Map([
  metric("data_ingestion_gb", "GB", "sum"),
  metric("storage_gb_peak", "GB", "peak"),
  metric("data_retained_gb", "GB", "peak"),
  metric("egress_gb", "GB", "sum"),
  metric("runner_hours", "hour", "sum"),
  metric("runner_idle_hours", "hour", "sum"),
  metric("cpu_core_hours", "hour", "sum"),
  metric("nat_gb_processed", "GB", "sum"),
  metric("privatelink_gb_processed", "GB", "sum"),
  metric("endpoint_hours", "hour", "sum"),
  metric("lambda_invocations", "count", "sum"),
  metric("lambda_gb_seconds", "GB-s", "sum"),
  metric("volume_gb", "GB", "peak"),
  metric("monitoring_events", "count", "sum"),
  metric("glue_dpu_hours", "hour", "sum"),
  metric("athena_query_gb_scanned", "GB", "sum"),
  metric("kms_request_count", "count", "sum"),
  metric("active_users", "seat", "peak"),
]);

export const isMetric = (code: string): code is MetricCode => METRICS.has(code);

export const aggregationOf = (code: string): Aggregation => METRICS.get(code)?.aggregation ?? "sum";
export const unitOf = (code: string): string => METRICS.get(code)?.unit ?? "unit";
