import { z } from "zod";
import { type Month, tryMonth } from "../time/index.ts";
import type { CurFormat } from "./delivery.ts";

/** What a manifest says about one delivery. */
export interface Manifest {
  /** What a Cost and Usage Report under it is; a Data Export may be of FOCUS as well. */
  readonly curFormat: Exclude<CurFormat, "focus">;
  /** Assembly id (legacy report) or execution id (Data Exports): names the delivery. */
  readonly deliveryId: string;
  /** Report name or export ARN. */
  readonly report: string;
  /** The billing period it announces, where it does. */
  readonly period: Month | undefined;
  /** Object keys of the data files, without bucket and leading slash. */
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

/** A manifest lists keys and columns: it stays far below. */
export const MAX_MANIFEST_BYTES = 16 << 20;

const LEGACY = z.object({
  assemblyId: z.string().min(1),
  reportName: z.string().default(""),
  billingPeriod: z.object({ start: z.string() }).optional(),
  reportKeys: z.array(z.string()),
  columns: z.array(z.object({ category: z.string(), name: z.string() })),
});

const EXPORT = z.object({
  executionId: z.string().min(1),
  exportArn: z.string().default(""),
  dataFiles: z.array(z.string()),
  columns: z.array(z.object({ name: z.string() })).default([]),
});

const keyOf = (location: string): string => location.replace(/^s3a?:\/\/[^/]+\//, "").replace(/^\/+/, "");

/**
 * The billing period that a path names: `BILLING_PERIOD=2026-04` (Data Exports), `year=2026/month=4` (legacy, for Athena) or
 * `/20180801-20180901/` (legacy).
 */
export const periodOfPath = (path: string): Month | undefined => {
  const named = /BILLING_PERIOD=(\d{4}-\d{2})(?:\/|$)/i.exec(path)?.[1];
  if (named !== undefined) return tryMonth(named);
  const [, year, month] = /(?:^|\/)year=(\d{4})\/month=(\d{1,2})(?:\/|$)/.exec(path) ?? [];
  if (year !== undefined && month !== undefined) return tryMonth(`${year}-${month.padStart(2, "0")}`);
  const range = /(?:^|\/)(\d{4})(\d{2})01-\d{8}(?:\/|$)/.exec(path);
  return range ? tryMonth(`${range[1]}-${range[2]}`) : undefined;
};

const legacyManifest = (value: z.infer<typeof LEGACY>): Manifest => ({
  curFormat: "cur-legacy",
  deliveryId: value.assemblyId,
  report: value.reportName,
  period: tryMonth(value.billingPeriod?.start.replace(/^(\d{4})-?(\d{2}).*$/, "$1-$2") ?? ""),
  keys: value.reportKeys.map(keyOf),
  columns: value.columns.map((column) => `${column.category}/${column.name}`),
});

const exportManifest = (value: z.infer<typeof EXPORT>): Manifest => ({
  curFormat: "cur2",
  deliveryId: value.executionId,
  report: value.exportArn,
  period: value.dataFiles.map(periodOfPath).find((month) => month !== undefined),
  keys: value.dataFiles.map(keyOf),
  columns: value.columns.map((column) => column.name),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
};

/** Whether a file that AWS would call a manifest is no JSON: it was cut off, and nobody knows which files it listed. */
export const isBrokenManifest = (name: string, text: string): boolean =>
  /manifest\.json$/i.test(name) && parsed(text) === undefined;

/** Reads a manifest of the legacy report or of Data Exports; undefined when the text is neither. */
export const readManifest = (text: string): Manifest | undefined => {
  const value = parsed(text);
  const legacy = LEGACY.safeParse(value);
  if (legacy.success) return legacyManifest(legacy.data);
  const dataExport = EXPORT.safeParse(value);
  return dataExport.success ? exportManifest(dataExport.data) : undefined;
};

export const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
/** A file may have been unpacked on its way here. */
const stemOf = (path: string): string => baseOf(path).replace(/(\.csv)?(\.gz|\.zip)?$/, "");

export interface Matched {
  /** Names of the files that belong to the manifest. */
  readonly files: readonly string[];
  /** Keys that no file answers to. */
  readonly missing: readonly string[];
  /** Whether the files go by other names than the manifest's. */
  readonly isRenamed: boolean;
}

/** How many folders above the file two paths have in common, from the file upwards. */
const sharedFolders = (key: string, name: string): number => {
  const [a, b] = [folderOf(key).split("/").toReversed(), folderOf(name).split("/").toReversed()];
  const differs = a.findIndex((part, index) => part === "" || part !== b[index]);
  return differs === -1 ? a.length : differs;
};

interface Home {
  /** The folder of the manifest. */
  readonly folder: string;
  /** Whether no other manifest is there, whose files could be mistaken for its own. */
  readonly isOnly: boolean;
}

/**
 * The file that answers to a key best: by the folders that their paths share, then by lying with the manifest, then by its whole name. Among
 * several deliveries a name alone is not enough, as every delivery uses the same ones.
 */
const matchOf = (key: string, byStem: ReadonlyMap<string, readonly string[]>, home: Home): string | undefined => {
  const isHome = (name: string): boolean => home.folder === folderOf(name);
  const rank = (name: string): number[] => [
    sharedFolders(key, name),
    Number(isHome(name)),
    Number(baseOf(name) === baseOf(key)),
  ];
  const candidates = (byStem.get(stemOf(key)) ?? []).filter(
    (name) => home.isOnly || isHome(name) || sharedFolders(key, name) > 0,
  );
  return candidates
    .map((name) => ({ name, rank: rank(name) }))
    .toSorted(
      (a, b) => b.rank.map((value, at) => value - (a.rank[at] ?? 0)).find((difference) => difference !== 0) ?? 0,
    )[0]?.name;
};

/** Finds the files of a manifest among names. Files that were renamed as a whole set are taken when their number fits. */
export const matchFiles = (
  keys: readonly string[],
  names: readonly string[],
  home: Home = { folder: "", isOnly: true },
): Matched => {
  const byStem = Map.groupBy(names, stemOf);
  const found = keys.map((key) => ({ key, name: matchOf(key, byStem, home) }));
  const files = found.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const others = home.isOnly ? names : names.filter((name) => folderOf(name) === home.folder);
  if (files.length === 0 && keys.length > 0 && others.length === keys.length)
    return { files: others, missing: [], isRenamed: true };
  return {
    files: [...new Set(files)],
    missing: found.filter(({ name }) => name === undefined).map(({ key }) => key),
    isRenamed: false,
  };
};
