import { z } from "zod";
import { type DeliveryId, missing, precondition, Problem } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { admitDelivery } from "./admit.store.ts";
import {
  acceptFindingRow,
  activeOfPayers,
  type Delivery,
  listDeliveries,
  lockPeriod,
  readDelivery,
  readFinding,
  readFindings,
} from "./deliveries.store.ts";
import { isSameRaw } from "./delivery.ts";
import { findingOf, openQuarantines, parseFindingId, shownFinding } from "./finding.ts";
import { restageDelivery } from "./stage.store.ts";

/** Every currency that the bytes of a delivery have in its period. */
const currenciesOf = async (tx: Tx, delivery: Delivery): Promise<string[]> =>
  (await listDeliveries(tx, { period: delivery.period }))
    .filter((other) => isSameRaw(other, delivery))
    .map((other) => other.currency)
    .toSorted();

/** A delivery that came later counts already: an older one is not put in its place. Throws a precondition Problem. */
const assertNewest = async (tx: Tx, delivery: Delivery): Promise<void> => {
  const newer = (await activeOfPayers(tx, delivery.period, delivery.payers)).find(
    (other) => other.createdAt > delivery.createdAt && !isSameRaw(other, delivery),
  );
  if (newer)
    throw precondition(
      `${delivery.deliveryId} is older than ${newer.deliveryId}, which counts for ${delivery.period}. Accept nothing here: the newer delivery holds.`,
    );
};

/** Loads what is accepted, and whether that is the last quarantine in the way of its delivery. */
const loadSubject = async (tx: Tx, of: { deliveryId: DeliveryId; findingNo: number }) => {
  const [found, delivery] = [await readFinding(tx, of), await readDelivery(tx, of.deliveryId)];
  if (!found || !delivery) throw missing("finding", `${of.deliveryId}.${of.findingNo}`);
  if (found.acceptedAt !== null)
    throw precondition(
      `${of.deliveryId}.${of.findingNo} was accepted by ${found.acceptedBy ?? ""} on ${found.acceptedAt.toISOString()}; nothing is left to do`,
    );
  const open = openQuarantines(await readFindings(tx, [of.deliveryId]));
  const isLast = delivery.status === "quarantined" && open.every((item) => item.findingNo === of.findingNo);
  if (isLast) await assertNewest(tx, delivery);
  return { delivery, isLast, currencies: await currenciesOf(tx, delivery) };
};

const accept = async (door: ActionDoor, tx: Tx, of: { deliveryId: DeliveryId; findingNo: number }, reason: string) => {
  const isMine = await acceptFindingRow(tx, of, { by: door.actor.id, at: door.now, reason });
  if (!isMine) throw precondition(`${of.deliveryId}.${of.findingNo} was accepted meanwhile; read it again`);
};

/**
 * Lets a finding pass with a reason. Once no quarantine of its delivery is left open, the delivery takes effect as if it had just come: it
 * replaces its period's active one. Throws missing, and precondition where it was accepted before or a newer delivery counts.
 */
export const acceptFinding = action(
  "cost.accept-finding",
  {
    needs: "cost:write",
    input: z.object({ finding_id: z.string(), reason: z.string().trim().min(3, "say why, in a few words").max(1000) }),
  },
  async (door, { finding_id, reason }) => {
    const of = parseFindingId(finding_id);
    const { delivery, isLast, currencies } = await door.load((tx) => loadSubject(tx, of));
    const { database } = door.call.world;
    const staged = isLast
      ? await restageDelivery({ database, files: door.files, lake: door.lake }, delivery, door.now)
      : undefined;
    return door.save(
      {
        objectType: "cur_finding",
        objectId: finding_id,
        metadata: { reason, delivery_id: delivery.deliveryId, lets_in: staged !== undefined },
      },
      async (tx) => {
        await lockPeriod(tx, delivery.period);
        await accept(door, tx, of, reason);
        const before = await readFindings(tx, [of.deliveryId]);
        if (!staged && delivery.status === "quarantined" && openQuarantines(before).length === 0)
          throw new Problem("transient", "INTERNAL", "the other findings were accepted at the same moment; try again");
        if (staged) {
          await assertNewest(tx, delivery);
          await admitDelivery(door, tx, { ...staged, currencies, findings: before.map(findingOf) });
        }
        const row = await readFinding(tx, of);
        if (!row) throw missing("finding", finding_id);
        return {
          finding: shownFinding(row),
          delivery_status: staged ? "active" : delivery.status,
          still_open: openQuarantines(before).map((item) => `${item.deliveryId}.${item.findingNo}`),
        };
      },
    );
  },
);
