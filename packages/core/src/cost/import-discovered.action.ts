import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Problem } from "../kernel/index.ts";
import type { CostSource } from "../ports/index.ts";
import { action, type ActionDoor } from "../record/index.ts";
import { readDelivery, readFindings } from "./deliveries.store.ts";
import { discoverSource, sourceOf } from "./discover-cost.action.ts";
import type { DiscoveredObject } from "./discovery.ts";
import { readLastSettled, readReady, settleDiscovery, type StoredDiscovery } from "./discovery.store.ts";
import { findingOf } from "./finding.ts";
import { importFetched } from "./import-cur.action.ts";
import { type ImportedPeriod, importedPeriod } from "./imported-period.ts";

/** Fetches a delivery with its manifest into a folder of its own, each file below it as it lies in its source. */
const fetchInto = async (folder: string, source: CostSource, discovery: StoredDiscovery): Promise<void> => {
  const [manifest] = discovery.manifests.toSorted((a, b) => a.name.length - b.name.length);
  const objects: DiscoveredObject[] = [...(manifest ? [manifest] : []), ...discovery.objects];
  for (const object of objects) {
    const path = join(folder, ...object.name.split("/"));
    await mkdir(dirname(path), { recursive: true });
    await source.fetch({ ...object, modifiedAt: new Date(object.modifiedAt) }, path);
  }
};

/** Imports one delivery, and remembers what became of it. A file that cannot be read is a result; what may pass is thrown. */
const importOne = async (
  door: ActionDoor,
  source: CostSource,
  discovery: StoredDiscovery,
): Promise<{ readonly results: readonly ImportedPeriod[]; readonly failure?: string }> => {
  const { database } = door.call.world;
  const folder = await door.files.scratchPath("");
  const settle = (end: Omit<Parameters<typeof settleDiscovery>[2], "now">): Promise<void> =>
    database.transaction("operator", (tx) => settleDiscovery(tx, discovery, { ...end, now: door.clock.now() }));
  try {
    await mkdir(folder, { recursive: true });
    await fetchInto(folder, source, discovery);
    const call = { ...door.call, idempotencyKey: undefined };
    const results = await importFetched.run(call, { path: folder, source: `${source.name} ${discovery.name}` });
    await settle({ state: "imported", reason: null, deliveryIds: results.flatMap((one) => one.delivery_id ?? []) });
    return { results };
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "invalid")) throw error;
    await settle({ state: "failed", reason: error.message, deliveryIds: [] });
    return { results: [], failure: error.message };
  } finally {
    await door.files.discard(folder);
  }
};

type Done = Awaited<ReturnType<typeof importOne>>;

/** What became of the group when it was imported last: whoever asks again, because the first answer was lost, is told the same. */
const doneBefore = (door: ActionDoor, of: { readonly source: string; readonly group: string }): Promise<Done[]> =>
  door.load(async (tx) => {
    const last = await readLastSettled(tx, of);
    if (!last) return [];
    if (last.state === "failed") return [{ results: [], failure: last.reason ?? last.name }];
    const findings = await readFindings(tx, last.deliveryIds);
    const results: ImportedPeriod[] = [];
    for (const id of last.deliveryIds) {
      const delivery = await readDelivery(tx, id);
      const own = findings.filter((item) => item.deliveryId === id).map(findingOf);
      if (delivery) results.push(importedPeriod(delivery, own));
    }
    return [{ results }];
  });

/**
 * Imports what is ready in one group of a source (the deliveries of one report and billing period), in the order in which it arrived, so that the
 * newest counts. Done again it says what became of it. Throws transient where the source changed meanwhile.
 */
export const importDiscovered = action(
  "cost.import-discovered",
  { needs: "cost:write", input: z.object({ source: z.string().min(1), group: z.string().min(1) }) },
  async (door, input) => {
    const source = sourceOf(door, input.source);
    const ready = await door.load((tx) => readReady(tx, input));
    const done: Done[] = ready.length === 0 ? await doneBefore(door, input) : [];
    for (const discovery of ready) done.push(await importOne(door, source, discovery));
    return door.unchanged({
      source: source.name,
      deliveries: ready.length,
      results: done.flatMap((one) => one.results),
      failed: done.flatMap((one) => one.failure ?? []),
    });
  },
);

/** Looks at every watched source and imports what is new and whole. One source or delivery that is not to be had does not stop the others. */
export const watchCost = action("cost.watch", { needs: "cost:write", input: z.object({}) }, async (door) => {
  const call = { ...door.call, idempotencyKey: undefined };
  const sources = [];
  for (const { name } of door.costSources) {
    const problems: string[] = [];
    const imported: ImportedPeriod[] = [];
    const failed: string[] = [];
    const noted = (error: unknown): undefined => {
      if (!(error instanceof Problem)) throw error;
      problems.push(error.message);
      return undefined;
    };
    const found = await discoverSource.run(call, { source: name }).catch(noted);
    for (const group of found?.groups ?? []) {
      const done = await importDiscovered.run(call, { source: name, group }).catch(noted);
      imported.push(...(done?.results ?? []));
      failed.push(...(done?.failed ?? []));
    }
    sources.push({ source: name, found: found?.new ?? 0, imported, failed, problems });
  }
  return door.unchanged({ sources });
});
