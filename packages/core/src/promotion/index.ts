export * from "./decide-promotion.action.ts";
export * from "./propose-rules.action.ts";
export * from "./rehearse-rules.action.ts";
