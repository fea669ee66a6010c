export * from "./plan.ts";
export * from "./policy.ts";
export * from "./rule.ts";
