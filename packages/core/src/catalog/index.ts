export { type PublishedPlan, readPlan, readPlanVersion, readPlanVersions } from "./catalog.store.ts";
export * from "./metric.ts";
export { type PlanCharge, type PlanDefinition, planDigest } from "./plan.ts";
export * from "./plans.action.ts";
export * from "./price.ts";
