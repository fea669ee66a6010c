import { and, asc, eq, getTableColumns } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";

/** One daily group of an active delivery; amounts are decimal text in the delivery's currency, with 12 decimals. */
export type DailyCost = typeof costDaily.$inferSelect;

/** The daily cost of a billing period: every group of its active deliveries, in the order of delivery and group number. */
export const readDailyCost = (tx: Tx, of: { readonly period: Month }): Promise<DailyCost[]> =>
  tx
    .select(getTableColumns(costDaily))
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(and(eq(costDaily.period, of.period), eq(curDelivery.status, "active")))
    .orderBy(asc(costDaily.deliveryId), asc(costDaily.groupNo));
