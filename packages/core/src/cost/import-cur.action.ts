import { z } from "zod";
import { type DeliveryId, monthInput } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, type Outcome } from "../record/index.ts";
import type { Month } from "../time/index.ts";
import type { KnownColumns } from "./added-columns.ts";
import { admitDelivery } from "./admit.store.ts";
import { apart } from "./apart.store.ts";
import { newestLast } from "./arrival.ts";
import { underPolicy } from "./cost-policy.ts";
import { type CostPolicyVersion, readCostPolicy } from "./cost-policy.store.ts";
import {
  deliveriesOfRaw,
  type Delivery,
  lockPeriod,
  quarantineDelivery,
  readDelivery,
  readFindings,
  readKnownColumns,
  storeFindings,
} from "./deliveries.store.ts";
import type { CurFormat } from "./delivery.ts";
import { finding, findingOf } from "./finding.ts";
import { countingOnly, emptyPeriod, type ImportedPeriod, importedPeriod } from "./imported-period.ts";
import { logEnd, logStart } from "./ingestion-log.store.ts";
import { otherFormat, type PreparedSource, prepareSource } from "./prepare.store.ts";
import { distinct, storeRawFile, type StoredFile } from "./raw.store.ts";
import { type DeliverySource, openSource } from "./source.store.ts";
import { openStaging, type StagedDelivery, type StagePorts } from "./stage.store.ts";

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

/** A source that holds something new, looked through and not yet in the database. */
interface Prepared {
  readonly source: DeliverySource;
  readonly prepared: PreparedSource;
}

interface Worked {
  readonly prepared: readonly Prepared[];
  readonly settled: readonly ImportedPeriod[];
}

interface Wanted {
  readonly format?: CurFormat | undefined;
  readonly period?: Month | undefined;
  readonly policy: CostPolicyVersion;
  readonly known: KnownColumns;
}

/** What is there already is held to what was asked for as well. Throws an invalid Problem when it is of another format. */
const asWanted = (result: ImportedPeriod, { format, period }: Wanted): ImportedPeriod => {
  const file = result.file_names[0] ?? "";
  if (format !== undefined && result.format !== null && format !== result.format)
    throw otherFormat(file, result.format, format);
  if (period === undefined || result.period === null || period === result.period) return result;
  const stray = `the lines belong to the billing period ${result.period}, but the delivery is for ${period}`;
  return { ...result, findings: [...result.findings, finding("wrong_period", { file }, stray)] };
};

/** Looks a source through. Nothing of it is in the database before every source of the import could be read. */
const workSource = async (
  door: ActionDoor,
  ports: StagePorts,
  found: DeliverySource,
  wanted: Wanted,
): Promise<Worked> => {
  const stored: StoredFile[] = [];
  for (const file of found.files) stored.push(await storeRawFile(ports.files, file));
  const { files, findings } = distinct(stored);
  const known = await door.load(async (tx) =>
    repeated(
      tx,
      await deliveriesOfRaw(
        tx,
        files.map((file) => file.digest),
      ),
    ),
  );
  if (known.length > 0 && known.every((result) => result.status !== "quarantined"))
    return { prepared: [], settled: known.map((result) => asWanted(result, wanted)) };
  const source = { ...found, findings: [...found.findings, ...findings] };
  const prepared = await prepareSource(ports, source, files, wanted);
  const { format, periods } = prepared;
  return format === undefined || periods.length === 0
    ? {
        prepared: [],
        settled: [emptyPeriod(source, format, underPolicy(wanted.policy.policy, prepared.findings))],
      }
    : { prepared: [{ source, prepared }], settled: [] };
};

/** Stages what was looked through; a part that is there already is reported as it is. */
const stageSources = async (
  door: ActionDoor,
  staging: ReturnType<typeof openStaging>,
  worked: readonly Worked[],
  policy: CostPolicyVersion,
): Promise<{ staged: StagedDelivery[]; settled: ImportedPeriod[] }> => {
  const staged: StagedDelivery[] = [];
  const settled = worked.flatMap((part) => part.settled);
  for (const { source, prepared } of worked.flatMap((part) => part.prepared)) {
    const made = await staging.stage({ source, prepared, policy, now: door.now });
    staged.push(...made.staged);
    settled.push(...(await door.load((tx) => repeated(tx, made.known))));
  }
  return { staged, settled };
};

interface Saved {
  readonly result: ImportedPeriod;
  readonly replaced: readonly DeliveryId[];
}

const saveStaged = async (door: ActionDoor, tx: Tx, item: StagedDelivery): Promise<Saved> => {
  const { delivery } = item;
  await lockPeriod(tx, delivery.period);
  const there = await readDelivery(tx, delivery.deliveryId);
  const [known] = there && there.status !== "quarantined" ? await repeated(tx, [there]) : [];
  if (known) return { result: known, replaced: [] };
  if (delivery.status === "quarantined") {
    await quarantineDelivery(tx, delivery, item.findings);
    return { result: importedPeriod(delivery, item.findings), replaced: [] };
  }
  const { findings, replaced } = await admitDelivery(door, tx, item);
  return { result: importedPeriod(delivery, findings), replaced: replaced.map((old) => old.deliveryId) };
};

/** By period, the newest delivery of each last. */
const inOrder = (staged: readonly StagedDelivery[]): StagedDelivery[] =>
  [...Map.groupBy(staged, (item) => item.delivery.period)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, items]) => newestLast(items));

/** A delivery that stands in the place of older ones of the same import keeps the word of it. */
const storeOlder = async (
  tx: Tx,
  saved: readonly ImportedPeriod[],
  results: readonly ImportedPeriod[],
): Promise<void> => {
  const before = new Map(saved.map((result) => [result.delivery_id, result.findings.length]));
  for (const { delivery_id: id, findings } of results)
    if (id !== null && findings.length > (before.get(id) ?? 0)) await storeFindings(tx, id, findings);
};

/** Saves what was staged, in its order; a delivery that a later one of the same import replaced is shown as superseded. */
const saveAll = async (
  door: ActionDoor,
  tx: Tx,
  { staged, settled }: { readonly staged: readonly StagedDelivery[]; readonly settled: readonly ImportedPeriod[] },
): Promise<ImportedPeriod[]> => {
  const saved: Saved[] = [];
  for (const item of staged) saved.push(await saveStaged(door, tx, item));
  const replaced = new Set<string | null>(saved.flatMap((item) => item.replaced));
  return [...settled, ...saved.map(({ result }) => result)].map((result) =>
    replaced.has(result.delivery_id) ? { ...result, status: "superseded" } : result,
  );
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

interface Asked {
  readonly path: string;
  /** What to call the path where it is a passing one. */
  readonly source?: string | undefined;
  readonly format?: CurFormat | undefined;
  readonly period?: Month | undefined;
}

const importWork = async (door: ActionDoor, input: Asked): Promise<Outcome<ImportedPeriod[]>> => {
  const { database } = door.call.world;
  const ports: StagePorts = { database, files: door.files, lake: door.lake };
  const log = { source: input.source ?? input.path, executedBy: door.actor.id, now: door.now };
  const runId = await database.transaction("operator", (tx) => logStart(tx, log));
  const staging = openStaging(ports);
  try {
    const worked: Worked[] = [];
    const policy = await door.load(readCostPolicy);
    const known = await door.load(readKnownColumns);
    for (const source of await openSource(input.path))
      worked.push(await workSource(door, ports, source, { ...input, policy, known }));
    const { settled, staged: all } = await stageSources(door, staging, worked, policy);
    const staged = await apart(ports, inOrder(all), policy);
    if (staged.length === 0) {
      const results = countingOnly(settled);
      await database.transaction("operator", (tx) => logResult(door, tx, runId, results));
      return door.unchanged(results);
    }
    const ids = staged.map((item) => item.delivery.deliveryId);
    return await door.save(
      {
        objectType: "cur_delivery",
        objectId: ids[0] ?? "",
        metadata: { deliveries: ids, path: input.source ?? input.path },
      },
      async (tx) => {
        const saved = await saveAll(door, tx, { staged, settled });
        const results = countingOnly(saved);
        await storeOlder(tx, saved, results);
        await logResult(door, tx, runId, results, staged[0]?.delivery.digest);
        return results;
      },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // What speaks is the first failure; what a second one leaves is dropped by the next import of the same bytes.
    await staging.undo().catch(() => undefined);
    await database.transaction("operator", (tx) =>
      logEnd(tx, runId, { startedAt: door.now, now: door.clock.now(), error: reason }),
    );
    throw error;
  }
};

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
  importWork,
);

/** The same for a delivery that was fetched from a cost source, which is what it is remembered under. */
export const importFetched = action(
  "cost.import-fetched",
  { needs: "cost:write", input: z.object({ path: z.string().min(1), source: z.string().min(1) }) },
  importWork,
);
