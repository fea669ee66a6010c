import { and, countDistinct, eq, inArray } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { addMonths, type Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";
import { activeOfPayers } from "./deliveries.store.ts";
import type { CurFormat } from "./delivery.ts";
import type { MonthBefore } from "./delivery-checks.ts";

/** What the month before a period had; empty where nothing is known of it. */
export const readMonthBefore = async (
  tx: Tx,
  period: Month,
  { payers, format }: { readonly payers: readonly string[]; readonly format: CurFormat },
): Promise<MonthBefore> => {
  const month = addMonths(period, -1);
  const all = await tx
    .select({ payers: curDelivery.payers })
    .from(curDelivery)
    .where(and(eq(curDelivery.period, month), eq(curDelivery.status, "active")));
  const own = await activeOfPayers(tx, month, payers);
  const ids = own.map((delivery) => delivery.deliveryId);
  const of = and(inArray(costDaily.deliveryId, ids), inArray(costDaily.payer, [...payers]));
  const products =
    ids.length === 0 ? [] : await tx.selectDistinct({ service: costDaily.service }).from(costDaily).where(of);
  const [days] =
    ids.length === 0
      ? []
      : await tx
          .select({ count: countDistinct(costDaily.usageDate) })
          .from(costDaily)
          .where(and(of, eq(costDaily.lineItemType, "Usage")));
  return {
    payers: [...new Set(all.flatMap((delivery) => delivery.payers))].toSorted(),
    currencies: [...new Set(own.map((delivery) => delivery.currency))].toSorted(),
    products: products.map((row) => row.service).toSorted(),
    days: days?.count ?? 0,
    columns: own
      .filter((delivery) => delivery.format === format)
      .flatMap((delivery) => delivery.rawFiles.flatMap((file) => file.columns)),
  };
};
