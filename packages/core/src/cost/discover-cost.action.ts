import { z } from "zod";
import { missing } from "../kernel/index.ts";
import type { CostSource, SourceObject, Tx } from "../ports/index.ts";
import { action, type ActionDoor, view } from "../record/index.ts";
import { type Discovery, type DiscoveredObject, type DiscoveryState, discover, stateOf } from "./discovery.ts";
import {
  forgetWaiting,
  listDiscoveries,
  readDiscoveries,
  rememberManifests,
  storeDiscovery,
  type StoredDiscovery,
} from "./discovery.store.ts";
import { isDataFile, mayBeManifest } from "./find-deliveries.ts";
import { isBrokenManifest, MAX_MANIFEST_BYTES, readManifest } from "./manifest.ts";

const SHOWN = 500;
const SETTLED: readonly DiscoveryState[] = ["imported", "failed", "older"];

const remembered = ({ name, bytes, modifiedAt, etag }: SourceObject): DiscoveredObject => ({
  name,
  bytes,
  modifiedAt: modifiedAt.getTime(),
  etag,
});

const mark = (object: { readonly name: string; readonly etag: string }): string => `${object.etag} ${object.name}`;

/** The manifests of a listing that are not settled, read, and the names of those that are cut off; other JSON is none. */
const readManifests = async (source: CostSource, listing: readonly SourceObject[], settled: ReadonlySet<string>) => {
  const manifests = [];
  const broken: string[] = [];
  for (const object of listing) {
    if (!mayBeManifest(object.name) || object.bytes > MAX_MANIFEST_BYTES || settled.has(mark(object))) continue;
    const content = new TextDecoder().decode(await source.read(object));
    const manifest = readManifest(content);
    if (manifest) manifests.push({ file: remembered(object), manifest });
    else if (isBrokenManifest(object.name, content)) broken.push(object.name);
  }
  return { manifests, broken };
};

interface Change {
  readonly found: Discovery;
  /** Undefined where it is settled, and only the place of its manifest is new. */
  readonly state: DiscoveryState | undefined;
}

/** "" for what lies directly in an inbox. */
const topFolderOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf("/")));

/** Looks at one source: what there is beside what is remembered. */
const lookAt = async (source: CostSource, known: readonly StoredDiscovery[], now: Date): Promise<Change[]> => {
  const listing = (await source.list()).filter(({ name }) => isDataFile(name) || mayBeManifest(name));
  const settledRows = known.filter((row) => SETTLED.includes(row.state));
  const settled = new Set(settledRows.flatMap((row) => row.manifests.map(mark)));
  const { manifests, broken } = await readManifests(source, listing, settled);
  const partOf = source.isInbox ? topFolderOf : () => "";
  const inPart = Map.groupBy(manifests, ({ file }) => partOf(file.name));
  const found = [...Map.groupBy(listing, ({ name }) => partOf(name))].flatMap(([part, objects]) => {
    const knowsOthers = known.some((row) => row.manifests.some(({ name }) => partOf(name) === part));
    return discover(objects.map(remembered), inPart.get(part) ?? [], {
      root: source.name,
      knowsOthers,
      broken: broken.filter((name) => partOf(name) === part),
      now,
    });
  });
  return found.map((one) => {
    const imported = known.filter((row) => row.groupKey === one.groupKey && row.state === "imported");
    const newest = imported
      .map((row) => row.arrivalOrder)
      .toSorted()
      .at(-1);
    const before = known.find((row) => row.deliveryKey === one.deliveryKey);
    return { found: one, state: stateOf(one, before, newest) };
  });
};

const saveChanges = async (tx: Tx, source: string, changes: readonly Change[], now: Date): Promise<void> => {
  for (const { found, state } of changes)
    if (state === undefined) await rememberManifests(tx, source, found);
    else await storeDiscovery(tx, source, found, { state, now });
};

/** What changes nothing that is remembered needs no word. */
const isNews = ({ found, state }: Change, known: readonly StoredDiscovery[]): boolean => {
  const before = known.find((row) => row.deliveryKey === found.deliveryKey);
  if (before === undefined) return true;
  const isSame = before.state === state && before.fingerprint === found.fingerprint;
  if (state !== undefined) return !isSame || before.reason !== (found.waitsFor ?? null);
  const places = new Set(before.manifests.map(mark));
  return found.manifests.some((file) => !places.has(mark(file)));
};

/**
 * Looks at one cost source and remembers every delivery that is new or changed: in every layout of AWS, whole ones as ready, others as waiting.
 * Answers the groups that `importDiscovered` takes up, the oldest first. Nothing is done twice. Throws transient where the source changed meanwhile.
 */
export const discoverSource = action(
  "cost.discover",
  { needs: "cost:write", input: z.object({ source: z.string().min(1) }) },
  async (door, input) => {
    const source = sourceOf(door, input.source);
    const known = await door.load((tx) => readDiscoveries(tx, source.name));
    const seen = await lookAt(source, known, door.now);
    const changes = seen.filter((change) => isNews(change, known));
    const there = new Set(seen.map(({ found }) => found.deliveryKey));
    const gone = known.filter((row) => row.state === "waiting" && !there.has(row.deliveryKey));
    const changed = new Set(changes.map(({ found }) => found.deliveryKey));
    const ready = [
      ...changes.flatMap(({ found, state }) => (state === "ready" ? [found] : [])),
      ...known.filter((row) => row.state === "ready" && !changed.has(row.deliveryKey)),
    ].toSorted((a, b) => (a.arrivalOrder < b.arrivalOrder ? -1 : 1));
    const result = {
      source: source.name,
      new: changes.filter(({ state }) => state !== undefined).length,
      groups: [...new Set(ready.map((one) => one.groupKey))],
    };
    if (changes.length === 0 && gone.length === 0) return door.unchanged(result);
    const news = [
      ...changes.flatMap(({ found, state }) => (state === undefined ? [] : [`${found.name}: ${state}`])),
      ...gone.map((row) => `${row.name}: gone`),
    ];
    return door.save({ objectType: "cost_source", objectId: source.name, metadata: { found: news } }, async (tx) => {
      await saveChanges(tx, source.name, changes, door.now);
      await forgetWaiting(
        tx,
        source.name,
        gone.map((row) => row.deliveryKey),
      );
      return result;
    });
  },
);

/** The source of a name. Throws missing when the settings name no such source. */
export const sourceOf = (door: Pick<ActionDoor, "costSources">, name: string): CostSource => {
  const source = door.costSources.find((one) => one.name === name);
  if (!source) throw missing("cost source", name);
  return source;
};

const shown = (row: StoredDiscovery) => ({
  name: row.name,
  report: row.report,
  source_delivery_id: row.sourceDeliveryId,
  period: row.period,
  state: row.state,
  reason: row.reason,
  files: row.objects.length,
  bytes: row.objects.reduce((sum, object) => sum + object.bytes, 0),
  delivery_ids: row.deliveryIds,
  found_at: row.foundAt.toISOString(),
  checked_at: row.checkedAt.toISOString(),
  imported_at: row.importedAt?.toISOString() ?? null,
});

/** The cost sources of this installation, and the last deliveries that were found in each, the newest first. */
export const costSources = view("cost.sources", { needs: "cost:read", input: z.object({}) }, (door) =>
  door.load(async (tx) => {
    const rows = await listDiscoveries(tx, SHOWN);
    const names = [...new Set([...door.costSources.map((source) => source.name), ...rows.map((row) => row.source)])];
    return {
      sources: names.map((name) => ({
        name,
        is_watched: door.costSources.some((source) => source.name === name),
        deliveries: rows.filter((row) => row.source === name).map(shown),
      })),
    };
  }),
);
