export * from "./cycle.ts";
export * from "./day.ts";
export * from "./interval.ts";
export * from "./period.ts";
export * from "./zone.ts";
