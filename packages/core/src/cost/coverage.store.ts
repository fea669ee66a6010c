import { and, eq, inArray, sql } from "drizzle-orm";
import { divide, exact, isPositive, multiply, toFixed } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";
import { KNOWN_LINE_TYPES, lineRoute } from "./line-types.ts";

/** Line item types that can carry a tag. */
const USAGE_TYPES = KNOWN_LINE_TYPES.filter((type) => lineRoute(type) === "usage");

type Condition = ReturnType<typeof sql>;
const cost = (condition: Condition) =>
  sql<string>`coalesce(sum(${costDaily.unblendedCost}) filter (where ${condition}), 0)::numeric(38,12)::text`;
const lines = (condition: Condition) =>
  sql<number>`coalesce(sum(${costDaily.rowCount}) filter (where ${condition}), 0)`.mapWith(Number);

const TAGGED = {
  tenant: sql`${costDaily.tagState} = 'present'`,
  tenant_blank: sql`${costDaily.tagState} = 'blank'`,
  plan: sql`coalesce(${costDaily.planTag}, '') <> ''`,
  component: sql`coalesce(${costDaily.component}, '') <> ''`,
} as const;
type TagName = keyof typeof TAGGED;

const SUMS = {
  cost: cost(sql`true`),
  lines: lines(sql`true`),
  tenantCost: cost(TAGGED.tenant),
  tenantLines: lines(TAGGED.tenant),
  blankCost: cost(TAGGED.tenant_blank),
  blankLines: lines(TAGGED.tenant_blank),
  planCost: cost(TAGGED.plan),
  planLines: lines(TAGGED.plan),
  componentCost: cost(TAGGED.component),
  componentLines: lines(TAGGED.component),
};

const DIMENSIONS = { service: costDaily.service, account: costDaily.account, day: costDaily.usageDate } as const;
export type CoverageDimension = keyof typeof DIMENSIONS;

type Summed = { readonly [K in keyof typeof SUMS]: K extends `${string}ines` ? number : string };

/** Percent of a whole with 2 decimals; null where there is nothing to be a part of. */
const percent = (part: string | number, all: string | number): string | null =>
  isPositive(exact(String(all)))
    ? toFixed(multiply(divide(exact(String(part)), exact(String(all))), exact("100")), 2)
    : null;

const shown = (row: Summed) => {
  const part = (amount: string, count: number) => ({
    cost: amount,
    percent: percent(amount, row.cost),
    rows: count,
    rows_percent: percent(count, row.lines),
  });
  return {
    usage_cost: row.cost,
    usage_rows: row.lines,
    tenant: part(row.tenantCost, row.tenantLines),
    tenant_blank: part(row.blankCost, row.blankLines),
    plan: part(row.planCost, row.planLines),
    component: part(row.componentCost, row.componentLines),
  } satisfies Record<"usage_cost" | "usage_rows" | TagName, unknown>;
};

/** Usage of a period's active deliveries, in unblended cost and lines, by whether it carries the tags of the tag schema; one row a currency. */
export const readCoverage = async (tx: Tx, period: Month) => {
  const rows = await tx
    .select({ currency: curDelivery.currency, ...SUMS })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(usageOf(period))
    .groupBy(curDelivery.currency)
    .orderBy(curDelivery.currency);
  return rows.map((row) => ({ currency: row.currency, ...shown(row) }));
};

const usageOf = (period: Month) =>
  and(
    eq(costDaily.period, period),
    eq(curDelivery.status, "active"),
    inArray(costDaily.lineItemType, [...USAGE_TYPES]),
  );

/** The same by service, account or day: what has the most cost without a tenant first, days in their order. */
export const readCoverageBy = async (tx: Tx, period: Month, dimension: CoverageDimension) => {
  const key = DIMENSIONS[dimension];
  const rows = await tx
    .select({ currency: curDelivery.currency, key: sql<string>`${key}::text`, ...SUMS })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(usageOf(period))
    .groupBy(curDelivery.currency, key)
    .orderBy(
      curDelivery.currency,
      ...(dimension === "day"
        ? []
        : [sql`sum(${costDaily.unblendedCost}) filter (where not ${TAGGED.tenant}) desc nulls last`]),
      key,
    );
  return rows.map((row) => ({ currency: row.currency, key: row.key, ...shown(row) }));
};
