export * from "./canonical.ts";
export * from "./columns.ts";
export * from "./csv.ts";
export * from "./id.ts";
export * from "./page.ts";
export * from "./problem.ts";
export * from "./wire.ts";
