import { asc, eq, max } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { day, dayOf, daysBetween } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";

/** Whole days between the last day that active deliveries know the usage of and now; null before the first delivery. */
export const curFreshnessDays = async (tx: Tx, now: Date): Promise<number | null> => {
  const [row] = await tx
    .select({ last: max(costDaily.usageDate) })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(eq(curDelivery.status, "active"));
  return row?.last ? Math.max(0, daysBetween(day(row.last), dayOf(now))) : null;
};

/** The last day of usage that is known of each payer organisation, and the whole days since then. */
export const payerFreshness = async (tx: Tx, now: Date) =>
  (
    await tx
      .select({ payer: costDaily.payer, last: max(costDaily.usageDate) })
      .from(costDaily)
      .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
      .where(eq(curDelivery.status, "active"))
      .groupBy(costDaily.payer)
      .orderBy(asc(costDaily.payer))
  ).map((row) => ({
    payer: row.payer,
    last_usage_date: row.last ?? "",
    days: row.last ? Math.max(0, daysBetween(day(row.last), dayOf(now))) : 0,
  }));
