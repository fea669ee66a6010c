export { hasNoPlans, readPlan, readPlanVersion, readPlanVersions } from "./catalog.store.ts";
export * from "./metric.ts";
export { isDowngrade, type PlanCharge, type PlanDefinition, planDigest, type PublishedPlan } from "./plan.ts";
export * from "./plans.action.ts";
export * from "./price.ts";
export { versionOn, versionStarts } from "./versions.ts";
