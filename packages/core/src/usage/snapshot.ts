import { digestOf, type TenantId } from "../kernel/index.ts";
import type { Day } from "../time/index.ts";
import { aggregate } from "./aggregate.ts";

/** One tenant's value of one metric on one day: decimal text, unit and aggregation as the metric catalogue says. */
export interface Snapshot {
  readonly tenantId: TenantId;
  readonly metricCode: string;
  readonly usageDate: Day;
  readonly metricValue: string;
}

export const snapshotKey = (snapshot: Snapshot): string =>
  `${snapshot.tenantId}|${snapshot.metricCode}|${snapshot.usageDate}`;

/** A tenant's value of a metric over a period, with what it was made of. */
export interface PeriodUsage {
  readonly tenantId: TenantId;
  readonly metricCode: string;
  /** Aggregated by the metric's own rule; decimal text. */
  readonly value: string;
  readonly days: number;
}

/** Aggregates snapshots that were read already. */
export const aggregateSnapshots = (snapshots: readonly Snapshot[]): PeriodUsage[] => {
  const groups = Map.groupBy(snapshots, (snapshot) => `${snapshot.tenantId}|${snapshot.metricCode}`);
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    return first
      ? [
          {
            tenantId: first.tenantId,
            metricCode: first.metricCode,
            value: aggregate(first.metricCode, rows),
            days: rows.length,
          },
        ]
      : [];
  });
};

/** What an allocation or a draft was made from: the digest of the snapshots themselves. */
export const usageDigest = (snapshots: readonly Snapshot[]): string =>
  digestOf(
    snapshots.map((snapshot) => [snapshot.tenantId, snapshot.metricCode, snapshot.usageDate, snapshot.metricValue]),
  );
