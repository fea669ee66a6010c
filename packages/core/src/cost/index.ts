export { type CurFormat, type DeliveryStatus, type TagState } from "./cost.sql.ts";
export { type DailyCost, readDailyCost } from "./daily.store.ts";
