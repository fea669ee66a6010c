import { and, asc, eq, sql } from "drizzle-orm";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";

/** What later rooms need to know of an active delivery. */
export const activeDeliveries = (tx: Tx, of: { readonly period: Month }) =>
  tx
    .select({
      deliveryId: curDelivery.deliveryId,
      digest: curDelivery.digest,
      dailyDigest: curDelivery.dailyDigest,
      currency: curDelivery.currency,
      isFinal: curDelivery.isFinal,
      rowsWithoutNet: curDelivery.rowsWithoutNet,
      columnarFiles: curDelivery.columnarFiles,
    })
    .from(curDelivery)
    .where(and(eq(curDelivery.period, of.period), eq(curDelivery.status, "active")))
    .orderBy(asc(curDelivery.deliveryId));
export type ActiveDelivery = Awaited<ReturnType<typeof activeDeliveries>>[number];

const COST_COLUMNS = {
  unblended: costDaily.unblendedCost,
  amortized: costDaily.amortizedCost,
  net_unblended: costDaily.netUnblendedCost,
  net_amortized: costDaily.netAmortizedCost,
} as const;

/** The cost of a billing period without its days, in one basis and currency: one row for everything else that a rule may select by. */
export const readPeriodCost = (
  tx: Tx,
  of: { readonly period: Month; readonly currency: Currency; readonly basis: keyof typeof COST_COLUMNS },
) => {
  const key = {
    tenantTag: costDaily.tenantTag,
    component: costDaily.component,
    service: costDaily.service,
    usageType: costDaily.usageType,
    lineItemType: costDaily.lineItemType,
    account: costDaily.account,
    region: costDaily.region,
    provider: costDaily.provider,
    isUpfront: costDaily.isUpfront,
  };
  return tx
    .select({
      ...key,
      /** Decimal text with 12 decimals. */
      cost: sql<string>`sum(${COST_COLUMNS[of.basis]})::text`,
      lines: sql<number>`sum(${costDaily.rowCount})`.mapWith(Number),
    })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(
      and(eq(costDaily.period, of.period), eq(curDelivery.status, "active"), eq(curDelivery.currency, of.currency)),
    )
    .groupBy(...Object.values(key));
};
export type PeriodCost = Awaited<ReturnType<typeof readPeriodCost>>[number];
