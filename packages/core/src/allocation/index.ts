export { allocate, costText } from "./allocate.ts";
export { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
export * from "./plan.ts";
export * from "./policy.ts";
export * from "./rule.ts";
export { categoryOf } from "./selector.ts";
