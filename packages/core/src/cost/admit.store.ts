import type { RunId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { type ActionDoor, datasetName, enqueue, recordLineage } from "../record/index.ts";
import { activateDelivery, activeOfPayers, type Delivery, listDeliveries, lockPeriod } from "./deliveries.store.ts";
import { overlapPayers, replacedOf } from "./delivery.ts";
import { type Finding, finding } from "./finding.ts";
import { assertStaged, type StagedDelivery } from "./stage.store.ts";

/** The effect that a delivery has which counts from now on: a month that was billed is allocated anew. */
export const DELIVERY_ADMITTED = "delivery-admitted";

export type Admissible = Pick<StagedDelivery, "delivery" | "summary" | "findings" | "currencies">;

export interface Admitted {
  readonly delivery: Delivery;
  readonly findings: readonly Finding[];
  readonly replaced: readonly Delivery[];
}

/** The cost of other payer organisations in the same period, which counts beside this one. */
const othersFindings = (delivery: Delivery, active: readonly Delivery[]): Finding[] => {
  const place = { file: delivery.rawFiles[0]?.name ?? delivery.deliveryId };
  return active
    .filter((other) => !overlapPayers(other.payers, delivery.payers))
    .map((other) =>
      finding(
        "another_payer",
        place,
        `the period also has the cost of another payer organisation (${other.payers.join(", ")}, ${other.deliveryId}); both count`,
      ),
    );
};

/** Puts a staged delivery in the place of those it replaces, with its lineage, inside the caller's transaction. */
export const admitDelivery = async (door: ActionDoor, tx: Tx, item: Admissible): Promise<Admitted> => {
  const { delivery } = item;
  await lockPeriod(tx, delivery.period);
  await assertStaged(door, tx, item);
  const replaced = replacedOf(await activeOfPayers(tx, delivery.period, delivery.payers), delivery, item.currencies);
  const active = (await listDeliveries(tx, { period: delivery.period })).filter(({ status }) => status === "active");
  const findings = [...item.findings, ...othersFindings(delivery, active)];
  await activateDelivery(tx, delivery, replaced, findings, door.now);
  await recordLineage(tx, {
    runId: `RUN-${door.clock.id()}` satisfies RunId,
    job: "cur-import",
    subject: delivery.period,
    inputs: {
      raw: delivery.rawFiles.map(({ name, digest, key }) => ({ name, digest, key })),
      replaced: replaced.map((old) => old.deliveryId),
    },
    ruleVersions: [],
    outputs: {
      delivery_id: delivery.deliveryId,
      columnar: delivery.columnarFiles.map(({ key, digest, rows }) => ({ key, digest, rows })),
      daily_digest: delivery.dailyDigest,
    },
    reads: delivery.rawFiles.map(({ name, digest }) => ({ dataset: datasetName("raw", name), digest })),
    makes: [
      { dataset: datasetName("delivery", delivery.deliveryId), digest: delivery.digest },
      { dataset: datasetName("cost", delivery.period), digest: delivery.dailyDigest },
    ],
    createdAt: door.now,
  });
  await enqueue(tx, {
    topic: DELIVERY_ADMITTED,
    effectKey: delivery.deliveryId,
    payload: { delivery_id: delivery.deliveryId, period: delivery.period },
    outboxId: door.clock.id(),
    now: door.now,
  });
  return { delivery, findings, replaced };
};
