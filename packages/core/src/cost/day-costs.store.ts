import { and, asc, eq, sql } from "drizzle-orm";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";
import type { DayCost } from "./projection.ts";

const COLUMNS = {
  unblended: costDaily.unblendedCost,
  amortized: costDaily.amortizedCost,
  net_unblended: costDaily.netUnblendedCost,
  net_amortized: costDaily.netAmortizedCost,
} as const;

/** What each day of a billing month costs by line item type, in one currency and basis, of the active deliveries. */
export const readDayCosts = (
  tx: Tx,
  of: { readonly period: Month; readonly currency: Currency; readonly basis: keyof typeof COLUMNS },
): Promise<DayCost[]> =>
  tx
    .select({
      day: costDaily.usageDate,
      lineItemType: costDaily.lineItemType,
      cost: sql<string>`sum(${COLUMNS[of.basis]})::text`,
    })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(
      and(eq(costDaily.period, of.period), eq(curDelivery.status, "active"), eq(curDelivery.currency, of.currency)),
    )
    .groupBy(costDaily.usageDate, costDaily.lineItemType)
    .orderBy(asc(costDaily.usageDate), asc(costDaily.lineItemType));
