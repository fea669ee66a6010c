export * from "./aggregate.ts";
export * from "./list-usage.action.ts";
export * from "./record-usage.action.ts";
export {
  aggregateSnapshots,
  type PeriodUsage,
  readPeriodUsage,
  readSnapshots,
  type Snapshot,
  usageDigest,
} from "./usage.store.ts";
