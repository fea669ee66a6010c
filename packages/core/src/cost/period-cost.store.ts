import { and, asc, eq, sql } from "drizzle-orm";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, costPeriod, curDelivery } from "./cost.sql.ts";

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

type CostTable = typeof costPeriod | typeof costDaily;
const costIn = (table: CostTable) =>
  ({
    unblended: table.unblendedCost,
    amortized: table.amortizedCost,
    net_unblended: table.netUnblendedCost,
    net_amortized: table.netAmortizedCost,
  }) as const;
type Basis = keyof ReturnType<typeof costIn>;

interface CostOf {
  readonly period: Month;
  readonly currency: Currency;
  readonly basis: Basis;
}

const sumPeriod = (tx: Tx, table: CostTable, of: CostOf) => {
  const key = {
    tenantTag: table.tenantTag,
    component: table.component,
    service: table.service,
    usageType: table.usageType,
    lineItemType: table.lineItemType,
    account: table.account,
    region: table.region,
    provider: table.provider,
    billingEntity: table.billingEntity,
    isUpfront: table.isUpfront,
  };
  return tx
    .select({
      ...key,
      /** Decimal text with 12 decimals. */
      cost: sql<string>`sum(${costIn(table)[of.basis]})::text`,
      lines: sql<number>`sum(${table.rowCount})`.mapWith(Number),
    })
    .from(table)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, table.deliveryId))
    .where(
      and(eq(curDelivery.period, of.period), eq(curDelivery.status, "active"), eq(curDelivery.currency, of.currency)),
    )
    .groupBy(...Object.values(key));
};
export type PeriodCost = Awaited<ReturnType<typeof sumPeriod>>[number];

/** The cost of a billing period without its days, in one basis and currency: one row for everything else that a rule may select by. */
export const readPeriodCost = (tx: Tx, of: CostOf): Promise<PeriodCost[]> => sumPeriod(tx, costPeriod, of);

/** The same, summed anew from the days: what a verification holds the first one against. */
export const derivePeriodCost = (tx: Tx, of: CostOf): Promise<PeriodCost[]> => sumPeriod(tx, costDaily, of);
