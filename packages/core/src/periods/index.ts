export * from "./list-periods.action.ts";
export * from "./periods.store.ts";
