export * from "./currency.ts";
export * from "./display.ts";
export * from "./exact.ts";
export * from "./money.ts";
export * from "./split.ts";
