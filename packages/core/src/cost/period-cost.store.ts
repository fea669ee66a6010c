import { and, asc, eq, sql } from "drizzle-orm";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { readRows } from "../record/index.ts";
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

const costsIn = (table: typeof costPeriod | typeof costDaily) =>
  ({
    unblended: table.unblendedCost,
    amortized: table.amortizedCost,
    net_unblended: table.netUnblendedCost,
    net_amortized: table.netAmortizedCost,
  }) as const;

const keysIn = (table: typeof costPeriod | typeof costDaily) => ({
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
});

interface CostOf {
  readonly period: Month;
  readonly currency: Currency;
  readonly basis: keyof ReturnType<typeof costsIn>;
}

const active = (of: CostOf) =>
  and(eq(curDelivery.period, of.period), eq(curDelivery.status, "active"), eq(curDelivery.currency, of.currency));

/**
 * The cost of a billing period without its days, in one basis and currency: for each of its deliveries one row for everything that a rule may
 * select by. Amounts are decimal text with 12 decimals.
 */
export const readPeriodCost = (tx: Tx, of: CostOf) => {
  const columns = { ...keysIn(costPeriod), cost: costsIn(costPeriod)[of.basis], lines: costPeriod.rowCount };
  const rows = tx
    .select(columns)
    .from(costPeriod)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costPeriod.deliveryId))
    .where(active(of));
  return readRows(tx, columns, rows);
};
export type PeriodCost = Awaited<ReturnType<typeof readPeriodCost>>[number];

/** The same, summed anew from the days: what a verification holds the first one against. */
export const derivePeriodCost = (tx: Tx, of: CostOf): Promise<PeriodCost[]> =>
  tx
    .select({
      ...keysIn(costDaily),
      cost: sql<string>`sum(${costsIn(costDaily)[of.basis]})::text`,
      lines: sql<number>`sum(${costDaily.rowCount})`.mapWith(Number),
    })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(active(of))
    .groupBy(...Object.values(keysIn(costDaily)));
