export { type CurFormat, type DeliveryStatus, type TagState } from "./cost.sql.ts";
export { type DailyCost, readDailyCost } from "./daily.store.ts";
export { type LineRoute, lineRoute } from "./line-types.ts";
export { type ActiveDelivery, activeDeliveries, type PeriodCost, readPeriodCost } from "./period-cost.store.ts";
