import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import type { DeliveryId } from "../kernel/index.ts";
import type { Database, Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, costPeriod, curDelivery } from "./cost.sql.ts";
import type { DailyGroup } from "./daily.ts";
import type { ColumnarFile } from "./delivery.ts";
import { withoutNul } from "./finding.ts";
import type { LakePorts } from "./prepare.store.ts";
import { DAILY } from "./queries.ts";

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

export const pathsOf = (ports: LakePorts, columnar: readonly ColumnarFile[]): Promise<string[]> =>
  Promise.all(columnar.map((file) => ports.files.location(file.key)));

/** The daily groups of columnar files, worked out anew, in batches and in the order of their number. */
export async function* deriveDaily(ports: LakePorts, columnar: readonly ColumnarFile[]): AsyncGenerator<DailyGroup[]> {
  if (columnar.length === 0) return;
  const tables = { fact_cost_raw: await pathsOf(ports, columnar) };
  for await (const batch of ports.lake.stream(DAILY, { tables }))
    yield batch.map((row) => {
      const texts = Object.entries(row).filter(([, value]) => typeof value === "string" && value.includes("\u0000"));
      return {
        ...row,
        ...Object.fromEntries(texts.map(([name, value]) => [name, withoutNul(String(value))])),
        group_no: Number(row["group_no"]),
        row_count: Number(row["row_count"]),
      } as DailyGroup;
    });
}

/** Writes daily groups of a delivery that is not active yet; the same groups again change nothing. */
export const stageDaily = async (
  tx: Tx,
  of: { readonly deliveryId: DeliveryId; readonly period: Month },
  groups: readonly DailyGroup[],
): Promise<void> => {
  await tx.execute(sql`
    insert into cost_daily (delivery_id, group_no, period, usage_date, tenant_tag, tag_state, plan_tag, component, service, usage_type,
      line_item_type, account, region, payer, billing_entity, provider, is_upfront, usage_amount, unblended_cost, amortized_cost,
      net_unblended_cost, net_amortized_cost, upfront_purchase, amortized_upfront, row_count)
    select ${of.deliveryId}, g.group_no, ${of.period}, g.usage_date, g.tenant_tag, g.tag_state, g.plan_tag, g.component, g.service, g.usage_type,
      g.line_item_type, g.account, g.region, g.payer, g.billing_entity, g.provider, g.is_upfront, g.usage_amount, g.unblended_cost, g.amortized_cost,
      g.net_unblended_cost, g.net_amortized_cost, g.upfront_purchase, g.amortized_upfront, g.row_count
    from json_to_recordset(${JSON.stringify(groups)}::json) as g(group_no int, usage_date date, tenant_tag text, tag_state text, plan_tag text,
      component text, service text, usage_type text, line_item_type text, account text, region text, payer text, billing_entity text,
      provider text, is_upfront boolean, usage_amount numeric, unblended_cost numeric, amortized_cost numeric, net_unblended_cost numeric,
      net_amortized_cost numeric, upfront_purchase numeric, amortized_upfront numeric, row_count bigint)
    on conflict (delivery_id, group_no) do nothing`);
};

/** The stored daily groups of a delivery, as the analytical engine would give them. */
export const readStoredDaily = (
  database: Pick<Database, "rows">,
  tx: Tx,
  of: { readonly deliveryId: DeliveryId; readonly after: number; readonly limit: number },
): Promise<DailyGroup[]> =>
  database.rows<DailyGroup>(
    tx,
    sql`select group_no, usage_date::text as usage_date, tenant_tag, tag_state, plan_tag, component, service, usage_type, line_item_type, account,
      region, payer, billing_entity, provider, is_upfront, usage_amount::text as usage_amount, unblended_cost::text as unblended_cost,
      amortized_cost::text as amortized_cost, net_unblended_cost::text as net_unblended_cost, net_amortized_cost::text as net_amortized_cost,
      upfront_purchase::text as upfront_purchase, amortized_upfront::text as amortized_upfront, row_count::int as row_count
    from cost_daily where delivery_id = ${of.deliveryId} and group_no > ${of.after} order by group_no limit ${of.limit}`,
  );

/** Sums the daily groups of a delivery over their days: what an allocation reads. The same groups again change nothing. */
export const rollUpDaily = async (tx: Tx, deliveryId: DeliveryId): Promise<void> => {
  const key = sql`tenant_tag, component, service, usage_type, line_item_type, account, region, provider, billing_entity, is_upfront`;
  await tx.execute(sql`
    insert into cost_period (delivery_id, group_no, tenant_tag, component, service, usage_type, line_item_type, account, region, provider, billing_entity, is_upfront,
      unblended_cost, amortized_cost, net_unblended_cost, net_amortized_cost, row_count)
    select delivery_id, row_number() over (order by min(group_no)), ${key},
      sum(unblended_cost), sum(amortized_cost), sum(net_unblended_cost), sum(net_amortized_cost), sum(row_count)
    from cost_daily where delivery_id = ${deliveryId} group by delivery_id, ${key}
    on conflict do nothing`);
};

/** Removes the groups of a delivery: it was superseded, or its staging is begun anew. */
export const dropDaily = async (tx: Tx, deliveryId: DeliveryId): Promise<void> => {
  await tx.delete(costDaily).where(eq(costDaily.deliveryId, deliveryId));
  await tx.delete(costPeriod).where(eq(costPeriod.deliveryId, deliveryId));
};
