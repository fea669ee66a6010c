import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { invalid } from "../kernel/index.ts";
import type { Month } from "../time/index.ts";
import { type Finding, finding } from "./finding.ts";
import { type Manifest, matchFiles, periodOfPath, readManifest } from "./manifest.ts";

export interface FoundFile {
  readonly path: string;
  /** Below the folder that was named; with `/`. */
  readonly name: string;
}

/** Files that belong together: one delivery as it lies in a folder. */
export interface DeliverySource {
  /** What to call it in messages: its manifest, or its folder or file. */
  readonly name: string;
  readonly manifest: Manifest | undefined;
  readonly files: readonly FoundFile[];
  /** The billing period that the path or a Data Exports manifest names; every row must belong to it. */
  readonly period: Month | undefined;
  readonly findings: readonly Finding[];
}

const DATA_FILE = /\.(csv|csv\.gz|gz|zip|parquet)$/i;
const MAX_MANIFEST_BYTES = 16 << 20;
/** How far above a manifest its files may lie: `<prefix>/<export>/metadata/BILLING_PERIOD=2026-04/<manifest>`. */
const LEVELS_ABOVE = 4;

const slashed = (path: string): string => path.split(sep).join("/");
const isVisible = (name: string): boolean =>
  !name.split("/").some((part) => part.startsWith(".") || part.startsWith("_"));

const manifestAt = async (path: string): Promise<Manifest | undefined> =>
  (await stat(path)).size > MAX_MANIFEST_BYTES ? undefined : readManifest(await readFile(path, "utf8"));

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );

/** Data Exports name the period in every key; a legacy manifest's period is the report's, and its files may hold others. */
const periodOf = (manifest: Manifest | undefined, path: string): Month | undefined =>
  (/BILLING_PERIOD=/i.test(path) ? periodOfPath(path) : undefined) ??
  (manifest?.keys.some((key) => /BILLING_PERIOD=/i.test(key)) ? manifest.period : undefined);

const bindManifest = (
  name: string,
  path: string,
  manifest: Manifest,
  files: readonly FoundFile[],
  isOnly: boolean,
): DeliverySource => {
  const matched = matchFiles(
    manifest.keys,
    files.map((file) => file.name),
  );
  const isTaken = !matched.isRenamed || isOnly;
  const names = new Set(isTaken ? matched.files : []);
  const missing = isTaken ? matched.missing : manifest.keys;
  return {
    name,
    manifest,
    files: files.filter((file) => names.has(file.name)),
    period: periodOf(manifest, path),
    findings: [
      ...missing.map((key) =>
        finding(
          "missing_file",
          { file: name },
          `the manifest lists ${key}, which is not there. Fetch the whole delivery.`,
        ),
      ),
      ...(manifest.keys.length === 0
        ? [finding("missing_file", { file: name }, "the manifest lists no data file: there is nothing to import")]
        : []),
      ...(matched.isRenamed && isTaken
        ? [
            finding(
              "renamed_files",
              { file: name },
              `the files do not bear the manifest's names (${manifest.keys.map((key) => basename(key)).join(", ")}); taken because their number fits`,
            ),
          ]
        : []),
    ],
  };
};

/** Looks for the files of a lone manifest beside it and above it, by the longest part of the key that exists. */
const sourceOfManifest = async (path: string, manifest: Manifest): Promise<DeliverySource> => {
  const found: FoundFile[] = [];
  const folders = [dirname(path)];
  while (folders.length < LEVELS_ABOVE) folders.push(dirname(folders.at(-1) ?? path));
  for (const key of manifest.keys) {
    const parts = key.split("/");
    // A key of S3 climbs nowhere; one that does would reach any file of this machine.
    if (parts.includes("..")) continue;
    const names = parts.map((_, index) => parts.slice(index).join("/"));
    const candidates = folders.flatMap((folder) => names.map((name) => ({ path: join(folder, name), name })));
    const unpacked = candidates.map(({ path: at, name }) => ({
      path: at.replace(/\.gz$/, ""),
      name: name.replace(/\.gz$/, ""),
    }));
    for (const candidate of [...candidates, ...unpacked]) {
      if (!(await isFile(candidate.path))) continue;
      found.push(candidate);
      break;
    }
  }
  const siblings = await dataFilesIn(dirname(path));
  return bindManifest(basename(path), path, manifest, found.length > 0 ? found : siblings, true);
};

const dataFilesIn = async (folder: string): Promise<FoundFile[]> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && DATA_FILE.test(entry.name) && isVisible(entry.name))
    .map((entry) => ({ path: join(folder, entry.name), name: entry.name }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

const walk = async (folder: string): Promise<FoundFile[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: slashed(relative(folder, path)) }))
    .filter((file) => isVisible(file.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** One manifest for each delivery: the legacy report writes it twice, and the one higher up names the newest delivery, so it comes last. */
const manifestsOf = async (files: readonly FoundFile[]): Promise<{ file: FoundFile; manifest: Manifest }[]> => {
  const byDelivery = new Map<string, { file: FoundFile; manifest: Manifest }>();
  for (const file of files.filter((item) => item.name.endsWith(".json"))) {
    const manifest = await manifestAt(file.path);
    const known = manifest && byDelivery.get(manifest.deliveryId);
    const isHigher = !known || file.name.split("/").length < known.file.name.split("/").length;
    if (manifest && isHigher) byDelivery.set(manifest.deliveryId, { file, manifest });
  }
  const depth = (file: FoundFile): number => file.name.split("/").length;
  return [...byDelivery.values()].toSorted((a, b) => depth(b.file) - depth(a.file));
};

const sourcesOfFolder = async (folder: string): Promise<DeliverySource[]> => {
  const all = await walk(folder);
  const data = all.filter((file) => DATA_FILE.test(file.name));
  const manifests = await manifestsOf(all);
  if (manifests.length > 0) {
    const sources = manifests.map(({ file, manifest }) =>
      bindManifest(file.name, file.path, manifest, data, manifests.length === 1),
    );
    const listed = new Set(sources.flatMap((source) => source.files.map((file) => file.name)));
    const unlisted = data
      .filter((file) => !listed.has(file.name))
      .map((file) => finding("unlisted_file", { file: file.name }, "no manifest lists this file: it was left out"));
    return sources.map((source, index) =>
      index === sources.length - 1 ? { ...source, findings: [...source.findings, ...unlisted] } : source,
    );
  }
  const byFolder = Map.groupBy(data, (file) => dirname(file.path));
  return [...byFolder].map(([path, files]) => ({
    name: slashed(relative(dirname(folder), path)),
    manifest: undefined,
    files,
    period: periodOf(undefined, slashed(path)),
    findings: [],
  }));
};

/**
 * The deliveries at a path of this machine: a cost file, a manifest, or a folder of both at any depth, in the order in which they came.
 * Throws an invalid Problem when there is nothing at the path, or nothing that could be a cost file.
 */
export const openSource = async (where: string): Promise<DeliverySource[]> => {
  const path = resolve(where);
  const entry = await stat(path).catch(() => undefined);
  if (!entry) throw invalid("path", `${where} does not exist or cannot be read`);
  if (entry.isDirectory()) {
    const sources = await sourcesOfFolder(path);
    if (sources.length === 0)
      throw invalid("path", `${where} holds no cost file (.csv, .csv.gz, .zip, .parquet) and no manifest`);
    return sources;
  }
  if (!entry.isFile()) throw invalid("path", `${where} is neither a file nor a folder: its content would never end`);
  const file = { path, name: basename(path) };
  if (!path.endsWith(".json"))
    return [
      { name: file.name, manifest: undefined, files: [file], period: periodOf(undefined, slashed(path)), findings: [] },
    ];
  const manifest = await manifestAt(path);
  if (!manifest)
    throw invalid(
      "path",
      `${where} is JSON, but no manifest of a Cost and Usage Report or of a Data Export`,
      "UNREADABLE_FILE",
    );
  return [await sourceOfManifest(path, manifest)];
};
