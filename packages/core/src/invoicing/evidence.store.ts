import { type EvidenceQuery, explainAllocation } from "../allocation/index.ts";
import { type Delivery, readDelivery } from "../cost/index.ts";
import type { DeliveryId, Json } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { ViewDoor } from "../record/index.ts";
import { deliveriesOf, type DraftDocument } from "./draft-document.ts";
import type { AllocationEvidence } from "./explain-tree.ts";

type Explained = Awaited<ReturnType<typeof explainAllocation.run>>;

/** The query of a pool's CUR lines, and how many there should be with which sum. */
export interface PoolQuery {
  readonly query: EvidenceQuery;
  readonly lines: number;
  readonly cost: string;
  readonly deliveryIds: readonly string[];
}

export interface LineEvidence extends AllocationEvidence {
  readonly query: PoolQuery;
}

const textOf = ({ allocation: row, pool }: Explained): string => {
  if (row.kind === "direct") return `${row.service} tagged with the tenant`;
  const rule = `${row.service} by rule ${row.rule_id}, version ${row.rule_version}`;
  return row.key_metric === null
    ? rule
    : `${rule}: ${row.key_value} of ${row.key_total} ${row.key_metric} of ${toText(exact(pool.cost ?? "0"))}`;
};

const deliveryFacts = (
  delivery: Delivery | undefined,
  named: { readonly delivery_id: string; readonly digest: string },
): Json => ({
  delivery_id: named.delivery_id,
  digest: named.digest,
  raw_files: delivery?.rawFiles.map((file) => ({ name: file.name, digest: file.digest })) ?? [],
  columnar_files:
    delivery?.columnarFiles.map((file) => ({ key: file.key, digest: file.digest, rows: file.rows })) ?? [],
});

/** The deliveries that a document's cost came from, with their files. */
export const readDeliveries = async (
  door: ViewDoor,
  document: DraftDocument,
): Promise<ReadonlyMap<string, Delivery>> => {
  const found = new Map<string, Delivery>();
  await door.load(async (tx) => {
    for (const { delivery_id: id } of deliveriesOf(document)) {
      const delivery = await readDelivery(tx, id as DeliveryId);
      if (delivery) found.set(id, delivery);
    }
  });
  return found;
};

/** Everything behind the costs of a document's lines: allocation rows, their pools, and the queries of the pools' CUR lines. */
export const readEvidence = async (
  door: ViewDoor,
  document: DraftDocument,
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<ReadonlyMap<string, LineEvidence>> => {
  const ids = new Set(document.lines.flatMap((line) => line.allocation_ids));
  const evidence = new Map<string, LineEvidence>();
  for (const id of ids) {
    const explained = await explainAllocation.run(door.call, { allocation_id: id });
    const { allocation: row, pool, query } = explained;
    evidence.set(id, {
      allocationId: id,
      text: textOf(explained),
      cost: row.cost ?? "0",
      facts: {
        allocation_id: id,
        run_id: row.run_id,
        kind: row.kind,
        service: row.service,
        category: row.category,
        rule_id: row.rule_id,
        rule_version: row.rule_version,
        key_metric: row.key_metric,
        key_value: row.key_value,
        key_total: row.key_total,
        cost: row.cost,
        pool_cost: row.pool_cost,
      },
      pool: {
        cost: pool.cost ?? "0",
        lines: pool.lines,
        facts: {
          lines: pool.lines,
          sum: pool.cost,
          query: { text: query.text, parameters: query.parameters },
          deliveries: explained.deliveries.map((named) => deliveryFacts(deliveries.get(named.delivery_id), named)),
        },
      },
      query: {
        query,
        lines: pool.lines,
        cost: pool.cost ?? "0",
        deliveryIds: explained.deliveries.map((named) => named.delivery_id),
      },
    });
  }
  return evidence;
};

/** Counts and sums the CUR lines of a pool in the columnar files themselves. */
export const countLines = async (
  door: ViewDoor,
  pool: PoolQuery,
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<{ readonly lines: number; readonly sum: string }> => {
  const keys = pool.deliveryIds.flatMap((id) => deliveries.get(id)?.columnarFiles.map((file) => file.key) ?? []);
  if (keys.length === 0) return { lines: 0, sum: "0" };
  const paths = await Promise.all(keys.map((key) => door.files.location(key)));
  const [row] = await door.lake.query<{ lines: string; total: string | null }>(
    `select cast(count(*) as varchar) as lines, cast(sum(cost) as varchar) as total from (${pool.query.text}) as evidence`,
    { tables: { fact_cost_raw: paths }, parameters: pool.query.parameters },
  );
  return { lines: Number(row?.lines ?? "0"), sum: toText(exact(row?.total ?? "0")) };
};
