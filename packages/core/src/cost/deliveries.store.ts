import { and, asc, desc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { DeliveryId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import type { KnownColumns } from "./added-columns.ts";
import { squash } from "./columns.ts";
import { costDaily, curDelivery, curFinding, factCostDelta } from "./cost.sql.ts";
import { dropDaily, rollUpDaily } from "./daily.store.ts";
import { overlapPayers } from "./delivery.ts";
import type { Acceptance, Finding, StoredFinding } from "./finding.ts";

/** A delivery as it is stored. */
export type Delivery = typeof curDelivery.$inferSelect;

/** One writer at a time for the deliveries of a billing period, until the transaction ends. */
export const lockPeriod = async (tx: Tx, period: Month): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`cur_delivery:${period}`}, 0))`);
};

export const listDeliveries = (tx: Tx, of: { readonly period?: Month | undefined } = {}): Promise<Delivery[]> =>
  tx
    .select()
    .from(curDelivery)
    .where(of.period === undefined ? undefined : eq(curDelivery.period, of.period))
    .orderBy(desc(curDelivery.period), desc(curDelivery.createdAt), asc(curDelivery.deliveryId));

export const readDelivery = async (tx: Tx, deliveryId: DeliveryId): Promise<Delivery | undefined> =>
  (await tx.select().from(curDelivery).where(eq(curDelivery.deliveryId, deliveryId)))[0];

/** The active deliveries of a period that may hold cost of one of the payers. */
export const activeOfPayers = async (tx: Tx, period: Month, payers: readonly string[]): Promise<Delivery[]> => {
  const active = await tx
    .select()
    .from(curDelivery)
    .where(and(eq(curDelivery.period, period), eq(curDelivery.status, "active")))
    .orderBy(asc(curDelivery.deliveryId));
  return active.filter((delivery) => overlapPayers(delivery.payers, payers));
};

/** Deliveries that were made from exactly these raw bytes, one per billing period and currency. */
export const deliveriesOfRaw = async (tx: Tx, digests: readonly string[]): Promise<Delivery[]> => {
  const [first] = digests;
  if (first === undefined) return [];
  const found = await tx
    .select()
    .from(curDelivery)
    .where(sql`${curDelivery.rawFiles} @> ${JSON.stringify([{ digest: first }])}::jsonb`)
    .orderBy(asc(curDelivery.period));
  const wanted = digests.toSorted().join();
  return found.filter(
    (delivery) =>
      delivery.rawFiles
        .map((file) => file.digest)
        .toSorted()
        .join() === wanted,
  );
};

/** Whether support was charged in a period. */
export const hadSupport = async (tx: Tx, period: Month): Promise<boolean> => {
  const [row] = await tx
    .select({ groupNo: costDaily.groupNo })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(
      and(
        eq(costDaily.period, period),
        eq(curDelivery.status, "active"),
        eq(costDaily.lineItemType, "Fee"),
        sql`${costDaily.service} ilike '%support%'`,
      ),
    )
    .limit(1);
  return row !== undefined;
};

const placeOf = (item: {
  code: string;
  file: string;
  row?: number | null | undefined;
  column?: string | null | undefined;
  message: string;
}): string => JSON.stringify([item.code, item.file, item.row ?? null, item.column ?? null, item.message]);

/** A finding that an operator accepted stays accepted when the same bytes are imported again. */
export const storeFindings = async (tx: Tx, deliveryId: DeliveryId, findings: readonly Finding[]): Promise<void> => {
  const before = new Map((await readFindings(tx, [deliveryId])).map((row) => [placeOf(row), row]));
  await tx.delete(curFinding).where(eq(curFinding.deliveryId, deliveryId));
  if (findings.length === 0) return;
  await tx.insert(curFinding).values(
    findings.map((item, index) => {
      const known = before.get(placeOf(item));
      return {
        deliveryId,
        findingNo: index + 1,
        code: item.code,
        severity: item.severity,
        file: item.file,
        row: item.row ?? null,
        column: item.column ?? null,
        subject: item.subject ?? null,
        message: item.message,
        acceptedBy: known?.acceptedBy ?? null,
        acceptedAt: known?.acceptedAt ?? null,
        acceptedReason: known?.acceptedReason ?? null,
      };
    }),
  );
};

/** Findings of deliveries, in their order. */
export const readFindings = async (tx: Tx, deliveryIds: readonly DeliveryId[]): Promise<StoredFinding[]> =>
  deliveryIds.length === 0
    ? []
    : tx
        .select()
        .from(curFinding)
        .where(inArray(curFinding.deliveryId, [...deliveryIds]))
        .orderBy(asc(curFinding.deliveryId), asc(curFinding.findingNo));

/** The columns that the first delivery of each format had; what counts or did, not what is quarantined. */
export const readKnownColumns = async (tx: Tx): Promise<KnownColumns> => {
  const first = await tx
    .selectDistinctOn([curDelivery.format], { format: curDelivery.format, rawFiles: curDelivery.rawFiles })
    .from(curDelivery)
    .where(ne(curDelivery.status, "quarantined"))
    .orderBy(asc(curDelivery.format), asc(curDelivery.createdAt));
  return new Map(
    first.map(({ format, rawFiles }) => [format, new Set(rawFiles.flatMap((file) => file.columns.map(squash)))]),
  );
};

export const readFinding = async (
  tx: Tx,
  of: { readonly deliveryId: DeliveryId; readonly findingNo: number },
): Promise<StoredFinding | undefined> =>
  (
    await tx
      .select()
      .from(curFinding)
      .where(and(eq(curFinding.deliveryId, of.deliveryId), eq(curFinding.findingNo, of.findingNo)))
  )[0];

/** Notes who let a finding pass; answers whether it was still open. */
export const acceptFindingRow = async (
  tx: Tx,
  of: { readonly deliveryId: DeliveryId; readonly findingNo: number },
  acceptance: Acceptance,
): Promise<boolean> => {
  const changed = await tx
    .update(curFinding)
    .set({ acceptedBy: acceptance.by, acceptedAt: acceptance.at, acceptedReason: acceptance.reason })
    .where(
      and(
        eq(curFinding.deliveryId, of.deliveryId),
        eq(curFinding.findingNo, of.findingNo),
        isNull(curFinding.acceptedAt),
      ),
    )
    .returning({ findingNo: curFinding.findingNo });
  return changed.length === 1;
};

/** Writes a delivery and its findings. A quarantined delivery that comes again takes its own place. */
const storeDelivery = async (tx: Tx, delivery: Delivery, findings: readonly Finding[]): Promise<void> => {
  const { deliveryId, ...rest } = delivery;
  await tx.insert(curDelivery).values(delivery).onConflictDoUpdate({ target: curDelivery.deliveryId, set: rest });
  await storeFindings(tx, deliveryId, findings);
};

/** Keeps a delivery out of the period's cost, with the reasons. */
export const quarantineDelivery = async (tx: Tx, delivery: Delivery, findings: readonly Finding[]): Promise<void> => {
  await dropDaily(tx, delivery.deliveryId);
  await storeDelivery(tx, delivery, findings);
};

/** Groups of the two deliveries of a period by everything but the cost, with the cost before and after. */
const groupsOf = (deliveryIds: readonly DeliveryId[]) => {
  const ids =
    deliveryIds.length === 0
      ? sql`null`
      : sql.join(
          deliveryIds.map((id) => sql`${id}`),
          sql`, `,
        );
  return sql`select md5(row(usage_date, tenant_tag, tag_state, plan_tag, component, service, usage_type, line_item_type, account, region,
      payer, billing_entity, provider, is_upfront)::text) as key, sum(unblended_cost) as unblended, sum(amortized_cost) as amortized,
      sum(usage_amount) as amount, sum(row_count) as rows
    from cost_daily where delivery_id in (${ids}) group by 1`;
};

/** Amounts of two currencies are not subtracted: against a delivery of another currency every group is new. */
const storeDelta = async (tx: Tx, delivery: Delivery, replaced: readonly Delivery[], now: Date): Promise<void> => {
  if (replaced.length === 0) return;
  const comparable = replaced.filter((old) => old.currency === delivery.currency);
  const previous = comparable[0] ?? null;
  const before = groupsOf(comparable.map((item) => item.deliveryId));
  await tx.execute(sql`
    insert into fact_cost_delta (bill_period, source_digest, change_type, record_count, unblended_delta, amortized_delta, delivery_id,
      replaced_delivery_id, detected_at, applied_at)
    select ${delivery.period}, ${delivery.digest},
      case when b.key is null then 'new' when a.key is null then 'delete' else 'update' end, count(*),
      sum(coalesce(a.unblended, 0) - coalesce(b.unblended, 0)), sum(coalesce(a.amortized, 0) - coalesce(b.amortized, 0)),
      ${delivery.deliveryId}, ${previous?.deliveryId ?? null}, ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
    from (${groupsOf([delivery.deliveryId])}) as a full join (${before}) as b on a.key = b.key
    where (a.unblended, a.amortized, a.amount, a.rows) is distinct from (b.unblended, b.amortized, b.amount, b.rows)
    group by 3
    on conflict do nothing`);
};

/** Puts a staged delivery in the place of the ones it replaces: the period's cost changes at once or not at all. */
export const activateDelivery = async (
  tx: Tx,
  delivery: Delivery,
  replaced: readonly Delivery[],
  findings: readonly Finding[],
  now: Date,
): Promise<void> => {
  await storeDelivery(tx, delivery, findings);
  await rollUpDaily(tx, delivery.deliveryId);
  await storeDelta(tx, delivery, replaced, now);
  for (const old of replaced) {
    await tx
      .update(curDelivery)
      .set({ status: "superseded", supersededBy: delivery.deliveryId })
      .where(and(eq(curDelivery.deliveryId, old.deliveryId), ne(curDelivery.deliveryId, delivery.deliveryId)));
    await dropDaily(tx, old.deliveryId);
  }
};

/** Differences of a period's deliveries, newest first. */
export const readDeltas = (tx: Tx, period: Month) =>
  tx
    .select()
    .from(factCostDelta)
    .where(eq(factCostDelta.billPeriod, period))
    .orderBy(desc(factCostDelta.detectedAt), asc(factCostDelta.changeType));
