import type { Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { invalid } from "../kernel/index.ts";
import { type Finding, finding } from "./finding.ts";
import {
  bindManifest,
  findDeliveries,
  type FoundDelivery,
  isDataFile,
  type ListedFile,
  type ListedManifest,
  mayBeManifest,
  strictPeriodOf,
} from "./find-deliveries.ts";
import { isBrokenManifest, MAX_MANIFEST_BYTES, type Manifest, periodOfPath, readManifest } from "./manifest.ts";

/** A file of this machine; its name is its path below the folder that was named. */
export interface FoundFile extends ListedFile {
  readonly path: string;
}

/** Files that belong together: one delivery as it lies in a folder. */
export type DeliverySource = FoundDelivery<FoundFile>;

/** How far above a manifest its files may lie: `<prefix>/<export>/metadata/BILLING_PERIOD=2026-04/<manifest>`. */
const LEVELS_ABOVE = 4;

const slashed = (path: string): string => path.split(sep).join("/");
const found = (path: string, name: string, entry: Stats): FoundFile => ({
  path,
  name,
  bytes: entry.size,
  modifiedAt: entry.mtimeMs,
});

const textAt = async (file: FoundFile): Promise<string | undefined> =>
  file.bytes > MAX_MANIFEST_BYTES ? undefined : readFile(file.path, "utf8");
const manifestAt = async (file: FoundFile): Promise<Manifest | undefined> => readManifest((await textAt(file)) ?? "");

const fileAt = (path: string, name: string): Promise<FoundFile | undefined> =>
  stat(path).then(
    (entry) => (entry.isFile() ? found(path, name, entry) : undefined),
    () => undefined,
  );

/** Looks for the files of a lone manifest beside it and above it, by the longest part of the key that exists. */
const sourceOfManifest = async (file: FoundFile, manifest: Manifest): Promise<DeliverySource> => {
  const files: FoundFile[] = [];
  const folders = [dirname(file.path)];
  while (folders.length < LEVELS_ABOVE) folders.push(dirname(folders.at(-1) ?? file.path));
  for (const key of manifest.keys) {
    const parts = key.split("/");
    // A key of S3 climbs nowhere; one that does would reach any file of this machine.
    if (parts.includes("..")) continue;
    const names = parts.map((_, index) => parts.slice(index).join("/"));
    const candidates = folders.flatMap((folder) => names.map((name) => ({ path: join(folder, name), name })));
    const unpacked = candidates.map(({ path, name }) => ({
      path: path.replace(/\.gz$/, ""),
      name: name.replace(/\.gz$/, ""),
    }));
    for (const candidate of [...candidates, ...unpacked]) {
      const there = await fileAt(candidate.path, candidate.name);
      if (there === undefined) continue;
      files.push(there);
      break;
    }
  }
  const siblings =
    files.length > 0 ? [] : (await walk(dirname(file.path), false)).filter(({ name }) => isDataFile(name));
  return bindManifest({ file, manifest }, files.length > 0 ? files : siblings, {
    isOnly: true,
    isNewest: false,
    path: file.path,
  });
};

const walk = async (folder: string, recursive = true): Promise<FoundFile[]> => {
  const entries = await readdir(folder, { recursive, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && (isDataFile(entry.name) || mayBeManifest(entry.name)))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => fileAt(path, slashed(relative(folder, path)))),
  );
  return files.flatMap((file) => file ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

const sourcesOfFolder = async (folder: string): Promise<DeliverySource[]> => {
  const all = await walk(folder);
  const manifests: ListedManifest[] = [];
  const broken: Finding[] = [];
  for (const file of all.filter(({ name }) => mayBeManifest(name))) {
    const text = (await textAt(file)) ?? "";
    const manifest = readManifest(text);
    if (manifest) manifests.push({ file, manifest });
    else if (isBrokenManifest(file.name, text))
      broken.push(
        finding(
          "broken_manifest",
          { file: file.name },
          "the manifest is cut off or damaged, so that files may be missing",
        ),
      );
  }
  return findDeliveries(all, manifests, slashed(basename(folder))).map((found) =>
    found.manifest === undefined ? { ...found, findings: [...found.findings, ...broken] } : found,
  );
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
  const file = found(path, basename(path), entry);
  if (!path.endsWith(".json"))
    return [
      {
        name: file.name,
        manifest: undefined,
        files: [file],
        period: strictPeriodOf(undefined, slashed(path)),
        announced: periodOfPath(slashed(path)),
        arrival: { isNewest: false, stamp: undefined, modifiedAt: file.modifiedAt },
        findings: [],
      },
    ];
  const manifest = await manifestAt(file);
  if (!manifest)
    throw invalid(
      "path",
      `${where} is no manifest of a Cost and Usage Report or of a Data Export, or is cut off. Fetch it again, or name the cost file itself.`,
      "UNREADABLE_FILE",
    );
  return [await sourceOfManifest(file, manifest)];
};
