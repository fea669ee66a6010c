import { z } from "zod";
import { monthInput, type RunId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, recordLineage } from "../record/index.ts";
import type { Month } from "../time/index.ts";
import {
  activateDelivery,
  activeOfPayers,
  deliveriesOfRaw,
  type Delivery,
  listDeliveries,
  lockPeriod,
  quarantineDelivery,
  readDelivery,
  readFindings,
} from "./deliveries.store.ts";
import type { CurFormat } from "./delivery.ts";
import { finding, findingOf } from "./finding.ts";
import { emptyPeriod, type ImportedPeriod, importedPeriod } from "./imported-period.ts";
import { logEnd, logStart } from "./ingestion-log.store.ts";
import { prepareSource } from "./prepare.store.ts";
import { storeRawFile, type StoredFile } from "./raw.store.ts";
import { type DeliverySource, openSource } from "./source.store.ts";
import { assertStaged, type StagedDelivery, stagePeriod, type StagePorts } from "./stage.store.ts";

/** A delivery that is there already is reported with what it was, and changes nothing. */
const repeated = async (tx: Tx, deliveries: readonly Delivery[]): Promise<ImportedPeriod[]> => {
  const stored = await readFindings(
    tx,
    deliveries.map((delivery) => delivery.deliveryId),
  );
  return deliveries.map((delivery) => {
    const since = delivery.supersededBy === null ? "is active" : `was superseded by ${delivery.supersededBy}`;
    const place = { file: delivery.rawFiles[0]?.name ?? delivery.deliveryId };
    const own = stored.filter((item) => item.deliveryId === delivery.deliveryId).map(findingOf);
    const again = finding(
      "duplicate_delivery",
      place,
      `the same bytes were imported as ${delivery.deliveryId}, which ${since}; nothing was changed`,
    );
    return importedPeriod(delivery, [...own, again]);
  });
};

interface Worked {
  readonly staged: readonly StagedDelivery[];
  readonly settled: readonly ImportedPeriod[];
}

type Wanted = { readonly format?: CurFormat | undefined; readonly period?: Month | undefined };

const workSource = async (
  door: ActionDoor,
  ports: StagePorts,
  source: DeliverySource,
  wanted: Wanted,
): Promise<Worked> => {
  const stored: StoredFile[] = [];
  for (const file of source.files) stored.push(await storeRawFile(ports.files, file));
  const known = await door.load(async (tx) =>
    repeated(
      tx,
      await deliveriesOfRaw(
        tx,
        stored.map((file) => file.digest),
      ),
    ),
  );
  if (known.length > 0) return { staged: [], settled: known };
  const prepared = await prepareSource(ports, source, stored, wanted);
  const { format } = prepared;
  if (format === undefined || prepared.periods.length === 0)
    return { staged: [], settled: [emptyPeriod(source, format, prepared.findings)] };
  const staged: StagedDelivery[] = [];
  for (const part of prepared.periods)
    staged.push(await stagePeriod(ports, { source, prepared, now: door.now }, part, format));
  return { staged, settled: [] };
};

const saveStaged = async (door: ActionDoor, tx: Tx, item: StagedDelivery): Promise<ImportedPeriod> => {
  const { delivery } = item;
  await lockPeriod(tx, delivery.period);
  const there = await readDelivery(tx, delivery.deliveryId);
  if (there && there.status !== "quarantined") {
    const [result] = await repeated(tx, [there]);
    if (result) return result;
  }
  if (delivery.status === "quarantined") {
    await quarantineDelivery(tx, delivery, item.findings);
    return importedPeriod(delivery, item.findings);
  }
  await assertStaged(door, tx, item);
  const replaced = await activeOfPayers(tx, delivery.period, delivery.payers);
  const others = (await listDeliveries(tx, { period: delivery.period })).filter(
    (other) => other.status === "active" && !replaced.some((old) => old.deliveryId === other.deliveryId),
  );
  const place = { file: delivery.rawFiles[0]?.name ?? delivery.deliveryId };
  const findings = [
    ...item.findings,
    ...others.map((other) =>
      finding(
        "another_payer",
        place,
        `the period also has the cost of another payer organisation (${other.payers.join(", ")}, ${other.deliveryId}); both count`,
      ),
    ),
  ];
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
    createdAt: door.now,
  });
  return importedPeriod(delivery, findings);
};

const logResult = (
  door: ActionDoor,
  tx: Tx,
  runId: string,
  results: readonly ImportedPeriod[],
  digest?: string,
): Promise<void> =>
  logEnd(tx, runId, {
    startedAt: door.now,
    now: door.clock.now(),
    periods: results.flatMap((result) => result.period ?? []).toSorted(),
    rows: results.reduce((sum, result) => sum + result.rows, 0),
    digest,
  });

/**
 * Imports the cost deliveries at a path of this machine: a file, a folder or a manifest. Each replaces its whole billing period at once; the
 * same bytes again change nothing; killed anywhere and repeated, it ends the same. What is odd comes as findings, and a quarantine keeps
 * the delivery out of the cost. Throws an invalid Problem that names the place when a file cannot be read.
 */
export const importCur = action(
  "cost.import",
  {
    needs: "cost:write",
    input: z.object({
      path: z.string().min(1),
      format: z.enum(["cur2", "cur-legacy", "focus"]).optional(),
      /** The billing period that every line must belong to. */
      period: monthInput.optional(),
    }),
  },
  async (door, input) => {
    const { database } = door.call.world;
    const ports: StagePorts = { database, files: door.files, lake: door.lake };
    const log = { source: input.path, executedBy: door.actor.id, now: door.now };
    const runId = await database.transaction("operator", (tx) => logStart(tx, log));
    try {
      const worked: Worked[] = [];
      for (const source of await openSource(input.path)) worked.push(await workSource(door, ports, source, input));
      const settled = worked.flatMap((part) => part.settled);
      const staged = worked
        .flatMap((part) => part.staged)
        .toSorted((a, b) =>
          a.delivery.period < b.delivery.period ? -1 : a.delivery.period > b.delivery.period ? 1 : 0,
        );
      if (staged.length === 0) {
        await database.transaction("operator", (tx) => logResult(door, tx, runId, settled));
        return door.unchanged(settled);
      }
      const ids = staged.map((item) => item.delivery.deliveryId);
      return await door.save(
        { objectType: "cur_delivery", objectId: ids[0] ?? "", metadata: { deliveries: ids, path: input.path } },
        async (tx) => {
          const results: ImportedPeriod[] = [...settled];
          for (const item of staged) results.push(await saveStaged(door, tx, item));
          await logResult(door, tx, runId, results, staged[0]?.delivery.digest);
          return results.toSorted((a, b) => ((a.period ?? "") < (b.period ?? "") ? -1 : 1));
        },
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await database.transaction("operator", (tx) =>
        logEnd(tx, runId, { startedAt: door.now, now: door.clock.now(), error: reason }),
      );
      throw error;
    }
  },
);
