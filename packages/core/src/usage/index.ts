export * from "./aggregate.ts";
export * from "./list-usage.action.ts";
export * from "./record-usage.action.ts";
export { aggregateSnapshots, type PeriodUsage, type Snapshot, usageDigest } from "./snapshot.ts";
export { usageSince } from "./late-usage.store.ts";
export { readPeriodUsage, readSnapshots } from "./usage.store.ts";
export * from "./tenant-usage.action.ts";
