export * from "./action.ts";
export * from "./actor.ts";
export { type AuditEventRow, eventDigest } from "./chain.ts";
export * from "./lineage.store.ts";
export * from "./list-runs.action.ts";
export * from "./outbox.store.ts";
export * from "./schedule.store.ts";
export * from "./verify-audit.action.ts";
export * from "./work-run.action.ts";
