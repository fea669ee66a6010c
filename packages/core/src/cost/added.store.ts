import { stat } from "node:fs/promises";
import type { Files, Lake, LakeRow } from "../ports/index.ts";
import type { Month } from "../time/index.ts";
import { addedColumns, addedOfRows, addedSql, type KnownColumns, readAdded } from "./added-columns.ts";
import { type AddedFile, addedKeyOf, type ColumnarFile, type CurFormat, type RawFile } from "./delivery.ts";
import type { KeptFile } from "./raw.store.ts";

interface Ports {
  readonly files: Files;
  readonly lake: Lake;
}

/** Keeps what a raw file has in columns that came since the first delivery of its format, beside its canonical lines. */
export const keepAdded = async (
  ports: Ports,
  kept: KeptFile,
  of: { readonly format: CurFormat; readonly known: KnownColumns; readonly period: Month | undefined },
): Promise<AddedFile | undefined> => {
  const columns = addedColumns(kept.columns, of.known.get(of.format));
  if (columns.length === 0 || of.period === undefined) return undefined;
  const { files, lake } = ports;
  const target = await files.scratchPath(".parquet");
  try {
    const select = addedSql(columns, kept.raw.digest);
    await lake.convert({ select, source: kept.source, name: kept.raw.name, target });
    const [digest, { size }] = await Promise.all([files.digestOf(target), stat(target)]);
    const key = addedKeyOf(of.period, digest);
    await files.putFile(key, target);
    return { key, digest, bytes: size, columns: columns.map((column) => column.name) };
  } finally {
    await files.discard(target);
  }
};

const placeOf = (row: LakeRow): string => `${String(row["source_digest"])}:${String(row["source_row"])}`;

/** What lines of deliveries have in added columns, by column; in the order of the lines, undefined where a line has nothing. */
export const addedTo = async (
  ports: Ports,
  deliveries: readonly { readonly rawFiles: readonly RawFile[]; readonly columnarFiles: readonly ColumnarFile[] }[],
  lines: readonly LakeRow[],
): Promise<(Readonly<Record<string, string>> | undefined)[]> => {
  const wanted = new Set(lines.map((line) => String(line["source_digest"])));
  const keys = deliveries.flatMap(({ rawFiles, columnarFiles }) =>
    columnarFiles.flatMap(({ added, source }) =>
      added && rawFiles.some((raw) => raw.name === source && wanted.has(raw.digest)) ? [added.key] : [],
    ),
  );
  if (keys.length === 0) return lines.map(() => undefined);
  const locations = await Promise.all([...new Set(keys)].map((key) => ports.files.location(key)));
  const rows = await ports.lake.query(addedOfRows(lines.length), {
    tables: { fact_cost_added: locations },
    parameters: lines.map((line) => Number(line["source_row"])),
  });
  const found = new Map(rows.map((row) => [placeOf(row), readAdded(String(row["added"]))]));
  return lines.map((line) => found.get(placeOf(line)));
};
