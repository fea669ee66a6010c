import { digestOf } from "../kernel/index.ts";
import type { Month } from "../time/index.ts";
import { type FoundDelivery, findDeliveries, type ListedFile, type ListedManifest } from "./find-deliveries.ts";

/**
 * `waiting`: not whole yet. `ready`: whole and new. `imported`: it was, whatever its findings. `failed`: it cannot be read, and is left alone
 * until its bytes change. `older`: a newer delivery of its period had been imported before it was seen.
 */
export type DiscoveryState = "waiting" | "ready" | "imported" | "failed" | "older";

/** An object of a cost source, as it is remembered. */
export interface DiscoveredObject extends ListedFile {
  readonly etag: string;
}

export interface Discovery {
  readonly deliveryKey: string;
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly name: string;
  readonly report: string | null;
  readonly sourceDeliveryId: string | null;
  readonly period: Month | null;
  readonly arrivalOrder: string;
  readonly manifests: readonly DiscoveredObject[];
  readonly objects: readonly DiscoveredObject[];
  /** Undefined when it is whole. */
  readonly waitsFor: string | undefined;
}

/** A file without a manifest is whole when nothing was written for so long. */
export const SETTLE_MS = 15 * 60_000;
/** S3 tells times by the second, and clocks of two writers differ. */
const SAME_TIME_MS = 60_000;

const lastWrite = (files: readonly ListedFile[]): number => Math.max(0, ...files.map((file) => file.modifiedAt));

const waitsFor = (
  found: FoundDelivery<DiscoveredObject>,
  { broken, now }: { readonly broken: readonly string[]; readonly now: number },
): string | undefined => {
  const missing = found.findings.filter((item) => item.code === "missing_file");
  if (missing.length > 0)
    return `${missing.length === 1 ? "a file" : `${missing.length} files`} that the manifest lists: ${missing[0]?.message ?? ""}`;
  if (found.files.length === 0) return "files: none is there yet";
  const last = lastWrite(found.files);
  if (found.manifest === undefined && broken.length > 0)
    return `a whole manifest: ${broken.join(", ")} is cut off or damaged. Fetch it again, or remove it where the files are all there.`;
  if (found.manifest === undefined)
    return now - last < SETTLE_MS ? "its files to settle: there is no manifest, and they were just written" : undefined;
  return last > found.arrival.modifiedAt + SAME_TIME_MS
    ? "the next manifest: files were written after this one"
    : undefined;
};

const discoveryOf = (
  found: FoundDelivery<DiscoveredObject>,
  manifests: readonly (ListedManifest & { readonly file: DiscoveredObject })[],
  of: { readonly broken: readonly string[]; readonly now: number },
): Discovery => {
  const { manifest, arrival } = found;
  const period = found.period ?? manifest?.period ?? null;
  const own = manifest
    ? manifests
        .filter(({ manifest: other }) => JSON.stringify(other) === JSON.stringify(manifest))
        .map(({ file }) => file)
    : [];
  const deliveryKey = digestOf(
    manifest
      ? { delivery: manifest.deliveryId, period, keys: [...manifest.keys] }
      : { files: found.files.map((file) => file.name) },
  );
  const report = manifest?.report ?? null;
  return {
    deliveryKey,
    fingerprint: digestOf(found.files.map(({ name, etag }) => [name, etag])),
    groupKey: period === null ? deliveryKey : digestOf({ report, period }),
    name: found.name,
    report,
    sourceDeliveryId: manifest?.deliveryId ?? null,
    period,
    arrivalOrder: `${arrival.stamp ?? new Date(arrival.modifiedAt).toISOString()} ${arrival.isNewest ? 1 : 0}`,
    manifests: own,
    objects: found.files,
    waitsFor: waitsFor(found, of),
  };
};

/**
 * What a listing holds beside what is settled already. `manifests` are those of the listing that are not settled; `knowsOthers` says that some are,
 * so that files without one of these are not taken for deliveries by themselves; `broken` are the names of manifests that cannot be read.
 */
export const discover = (
  listing: readonly DiscoveredObject[],
  manifests: readonly (ListedManifest & { readonly file: DiscoveredObject })[],
  of: {
    readonly root: string;
    readonly knowsOthers: boolean;
    readonly broken: readonly string[];
    readonly now: Date;
  },
): Discovery[] =>
  manifests.length === 0 && of.knowsOthers
    ? []
    : findDeliveries(listing, manifests, of.root, of.knowsOthers).map((found) =>
        discoveryOf(found, manifests, { broken: of.broken, now: of.now.getTime() }),
      );

/** What was remembered of a delivery. */
export interface Remembered {
  readonly fingerprint: string;
  readonly state: DiscoveryState;
}

/** The state of what was found, given what was remembered and the newest arrival of its group that was imported; undefined where nothing is to be done. */
export const stateOf = (
  found: Discovery,
  known: Remembered | undefined,
  newestImported: string | undefined,
): DiscoveryState | undefined => {
  const isSame = known?.fingerprint === found.fingerprint;
  if (isSame && (known?.state === "imported" || known?.state === "failed" || known?.state === "older"))
    return undefined;
  if (found.waitsFor !== undefined) return "waiting";
  return newestImported !== undefined && found.arrivalOrder < newestImported ? "older" : "ready";
};
