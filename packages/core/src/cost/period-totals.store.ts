import { and, asc, eq, sql } from "drizzle-orm";
import type { Currency } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";

const total = (column: unknown) => sql<string>`sum(${column})::text`;
const outside = sql`to_char(${costDaily.usageDate}, 'YYYY-MM') <> ${costDaily.period}`;

/** What later rooms compare with the outside. Amounts are decimal text with 12 decimals. */
const SUMS = {
  rows: sql<number>`sum(${costDaily.rowCount})`.mapWith(Number),
  unblendedCost: total(costDaily.unblendedCost),
  amortizedCost: total(costDaily.amortizedCost),
  netUnblendedCost: total(costDaily.netUnblendedCost),
  netAmortizedCost: total(costDaily.netAmortizedCost),
  upfrontPurchase: total(costDaily.upfrontPurchase),
  amortizedUpfront: total(costDaily.amortizedUpfront),
};

const inPeriod = (of: { readonly period: Month; readonly currency: Currency }) =>
  and(eq(costDaily.period, of.period), eq(curDelivery.status, "active"), eq(curDelivery.currency, of.currency));

/** The cost of a billing period by payer and format, and what of it was used on days of other months. */
export const payerTotals = (tx: Tx, of: { readonly period: Month; readonly currency: Currency }) =>
  tx
    .select({
      payer: costDaily.payer,
      format: curDelivery.format,
      ...SUMS,
      outsideRows: sql<number>`coalesce(sum(${costDaily.rowCount}) filter (where ${outside}), 0)`.mapWith(Number),
      outsideCost: sql<string>`coalesce(sum(${costDaily.unblendedCost}) filter (where ${outside}), 0)::text`,
    })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(inPeriod(of))
    .groupBy(costDaily.payer, curDelivery.format)
    .orderBy(asc(costDaily.payer), asc(curDelivery.format));
export type PayerCost = Awaited<ReturnType<typeof payerTotals>>[number];

const BASIS_COLUMN = {
  unblended: "unblendedCost",
  amortized: "amortizedCost",
  net_unblended: "netUnblendedCost",
  net_amortized: "netAmortizedCost",
} as const;

/** The cost of a payer or service in a basis; decimal text. */
export const costIn = (
  row: { readonly [C in (typeof BASIS_COLUMN)[keyof typeof BASIS_COLUMN]]: string },
  basis: keyof typeof BASIS_COLUMN,
): string => row[BASIS_COLUMN[basis]];

/** The cost of a billing period by service. */
export const serviceTotals = (tx: Tx, of: { readonly period: Month; readonly currency: Currency }) =>
  tx
    .select({ service: costDaily.service, ...SUMS })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(inPeriod(of))
    .groupBy(costDaily.service)
    .orderBy(asc(costDaily.service));
export type ServiceCost = Awaited<ReturnType<typeof serviceTotals>>[number];

/** How many active deliveries a period has, how many of them are not final, and when the newest became active. */
export const deliveryState = async (tx: Tx, of: { readonly period: Month }) => {
  const [row] = await tx
    .select({
      count: sql<number>`count(*)`.mapWith(Number),
      notFinal: sql<number>`count(*) filter (where not ${curDelivery.isFinal})`.mapWith(Number),
      newest: sql<Date | null>`max(coalesce(${curDelivery.activatedAt}, ${curDelivery.createdAt}))`.mapWith(
        curDelivery.createdAt,
      ),
    })
    .from(curDelivery)
    .where(and(eq(curDelivery.period, of.period), eq(curDelivery.status, "active")));
  return { count: row?.count ?? 0, notFinal: row?.notFinal ?? 0, newest: row?.newest ?? null };
};
