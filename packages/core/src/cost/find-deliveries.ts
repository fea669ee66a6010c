import type { Month } from "../time/index.ts";
import type { Arrival } from "./arrival.ts";
import { type Finding, finding } from "./finding.ts";
import { baseOf, folderOf, type Manifest, type Matched, matchFiles, periodOfPath } from "./manifest.ts";

/** An object below a folder or prefix; `name` is its path there, with `/`. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modifiedAt: number;
}

export interface ListedManifest {
  readonly file: ListedFile;
  readonly manifest: Manifest;
}

/** One delivery as it lies in a folder or under a prefix. */
export interface FoundDelivery<F extends ListedFile = ListedFile> {
  /** What to call it in messages: its manifest, or its folder or file. */
  readonly name: string;
  readonly manifest: Manifest | undefined;
  readonly files: readonly F[];
  /** The billing period that the path or a Data Exports manifest names; every row must belong to it. */
  readonly period: Month | undefined;
  /** The billing period that the manifest or a folder of any layout names: some row must belong to it. */
  readonly announced: Month | undefined;
  readonly arrival: Arrival;
  readonly findings: readonly Finding[];
}

const DATA_FILE = /\.(csv|csv\.gz|gz|zip|parquet)$/i;
/** What the Athena layout of the legacy report writes beside the cost: when it was last refreshed. */
const STATUS_FOLDER = /(^|\/)cost_and_usage_data_status\//;
/** A manifest is written last; what is written so much later belongs to the next delivery. */
const LATER_MS = 600_000;

const isVisible = (name: string): boolean =>
  !name.split("/").some((part) => part.startsWith(".") || part.startsWith("_"));

export const isDataFile = (name: string): boolean =>
  DATA_FILE.test(name) && isVisible(name) && !STATUS_FOLDER.test(name);
export const mayBeManifest = (name: string): boolean => name.endsWith(".json") && isVisible(name);

/** Data Exports name the period in every key; a legacy manifest's period is the report's, and its files may hold others. */
export const strictPeriodOf = (manifest: Manifest | undefined, path: string): Month | undefined =>
  (/BILLING_PERIOD=/i.test(path) ? periodOfPath(path) : undefined) ??
  (manifest?.keys.some((key) => /BILLING_PERIOD=/i.test(key)) ? manifest.period : undefined);

const stampOf = (text: string): string | undefined => /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/.exec(text)?.[0];

const depthOf = (name: string): number => name.split("/").length;
const lastWrite = (files: readonly ListedFile[]): number => Math.max(0, ...files.map((file) => file.modifiedAt));

/** Findings about how the files answer to their manifest. */
const manifestFindings = (name: string, manifest: Manifest, { missing, isRenamed }: Matched): Finding[] => [
  ...missing.map((key) =>
    finding("missing_file", { file: name }, `the manifest lists ${key}, which is not there. Fetch the whole delivery.`),
  ),
  ...(manifest.keys.length === 0
    ? [finding("missing_file", { file: name }, "the manifest lists no data file: there is nothing to import")]
    : []),
  ...(isRenamed
    ? [
        finding(
          "renamed_files",
          { file: name },
          `the files do not bear the manifest's names (${manifest.keys.map(baseOf).join(", ")}); taken because their number fits`,
        ),
      ]
    : []),
];

/** The delivery of a manifest, among files that may be its own. `isOnly`: no other manifest is there, so that renamed files can be its own. */
export const bindManifest = <F extends ListedFile>(
  { file, manifest }: ListedManifest,
  files: readonly F[],
  {
    isOnly,
    isNewest,
    path = file.name,
  }: { readonly isOnly: boolean; readonly isNewest: boolean; readonly path?: string },
): FoundDelivery<F> => {
  const matched = matchFiles(
    manifest.keys,
    files.map((item) => item.name),
    { folder: folderOf(file.name), isOnly },
  );
  const names = new Set(matched.files);
  const own = files.filter((item) => names.has(item.name));
  const isLater = lastWrite(own) > file.modifiedAt + LATER_MS;
  return {
    name: file.name,
    manifest,
    files: own,
    period: strictPeriodOf(manifest, path),
    announced: manifest.period ?? periodOfPath(path),
    arrival: {
      isNewest,
      stamp: stampOf(`${manifest.deliveryId} ${manifest.keys[0] ?? ""}`),
      modifiedAt: file.modifiedAt,
    },
    findings: [
      ...manifestFindings(file.name, manifest, matched),
      ...(isLater
        ? [
            finding(
              "older_manifest",
              { file: file.name },
              "files of the delivery were written after its manifest: it may be on its way",
            ),
          ]
        : []),
    ],
  };
};

/** One manifest for each delivery and period: the legacy report writes it twice, and the copy higher up names the newest delivery. */
const onePerDelivery = (manifests: readonly ListedManifest[]): (ListedManifest & { readonly isNewest: boolean })[] => {
  const copies = Map.groupBy(manifests, ({ manifest }) =>
    JSON.stringify([manifest.deliveryId, manifest.period, manifest.keys]),
  );
  const reports = Map.groupBy(manifests, ({ manifest }) => JSON.stringify([manifest.report, manifest.period]));
  return [...copies.values()].flatMap((same) => {
    const [highest] = same.toSorted((a, b) => depthOf(a.file.name) - depthOf(b.file.name));
    if (!highest) return [];
    const siblings = reports.get(JSON.stringify([highest.manifest.report, highest.manifest.period])) ?? [];
    const isAbove = siblings.every(
      (other) => same.includes(other) || depthOf(other.file.name) > depthOf(highest.file.name),
    );
    return [{ ...highest, isNewest: isAbove }];
  });
};

/** What is the same in the names of the parts of one delivery: the name without numbers and hashes. */
const stemOf = (name: string): string =>
  baseOf(name)
    .toLowerCase()
    .replaceAll(/[0-9a-f]{8,}(-[0-9a-f]{4,})*|\d+/g, "");

/** Files without a manifest: those of one folder whose names differ in a number only are one delivery. */
const loose = <F extends ListedFile>(files: readonly F[], root: string): FoundDelivery<F>[] => {
  const folders = Map.groupBy(files, (file) => folderOf(file.name));
  return [...folders].flatMap(([folder, inFolder]) => {
    const groups = [...Map.groupBy(inFolder, (file) => stemOf(file.name)).values()];
    return groups.map((group) => {
      const place = folder === "" ? root : `${root}/${folder}`;
      return {
        name: groups.length === 1 ? place : `${place}/${baseOf(group[0]?.name ?? "")}`,
        manifest: undefined,
        files: group,
        period: strictPeriodOf(undefined, `${place}/`),
        announced: periodOfPath(`${place}/`),
        arrival: { isNewest: false, stamp: stampOf(place), modifiedAt: lastWrite(group) },
        findings: [],
      };
    });
  });
};

/**
 * The deliveries of a listing, in every layout: legacy reports (overwritten or versioned by assembly, or for Athena), Data Exports (CUR 2.0 and
 * FOCUS, created anew or overwritten), and files without a manifest. `root` names the folder in messages;
 * `knowsOthers` says that there are more manifests than the given ones.
 */
export const findDeliveries = <F extends ListedFile>(
  listing: readonly F[],
  manifests: readonly ListedManifest[],
  root: string,
  knowsOthers = false,
): FoundDelivery<F>[] => {
  const data = listing.filter((file) => isDataFile(file.name));
  if (manifests.length === 0) return loose(data, root);
  const unique = onePerDelivery(manifests);
  const found = unique.map((item) =>
    bindManifest(item, data, { isOnly: unique.length === 1 && !knowsOthers, isNewest: item.isNewest }),
  );
  const listed = new Set(found.flatMap((delivery) => delivery.files.map((file) => file.name)));
  const unlisted = data
    .filter((file) => !listed.has(file.name))
    .map((file) => finding("unlisted_file", { file: file.name }, "no manifest lists this file: it was left out"));
  return found.map((delivery, index) =>
    index === found.length - 1 ? { ...delivery, findings: [...delivery.findings, ...unlisted] } : delivery,
  );
};
