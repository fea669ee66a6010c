import { stat } from "node:fs/promises";
import { invalid, type Problem } from "../kernel/index.ts";
import type { Files, Lake, LakeRow } from "../ports/index.ts";
import { type Month, tryMonth } from "../time/index.ts";
import { keepAdded } from "./added.store.ts";
import type { KnownColumns } from "./added-columns.ts";
import {
  contentFindings,
  countFindings,
  type FileContents,
  type FileIssue,
  issueFindings,
  headerFindings,
} from "./checks.ts";
import { type ColumnarFile, columnarKeyOf, type CurFormat, type RawFile } from "./delivery.ts";
import { type Finding, finding } from "./finding.ts";
import { recogniseFormat } from "./formats.ts";
import { normaliseSql, partSql } from "./normalise-sql.ts";
import { CONTENTS, ISSUES } from "./queries.ts";
import { type KeptFile, openRawFile, type StoredFile } from "./raw.store.ts";
import type { DeliverySource } from "./source.store.ts";

export interface LakePorts {
  readonly files: Files;
  readonly lake: Lake;
}

/** One billing period and currency of a source: its lines are in the columnar files, and nothing is decided yet. */
export interface PreparedPeriod {
  readonly period: Month;
  readonly currency: string;
  /** Every currency that the source has in the period, this one among them. */
  readonly currencies: readonly string[];
  readonly columnar: readonly ColumnarFile[];
}

export interface PreparedSource {
  readonly format: CurFormat | undefined;
  readonly raw: readonly RawFile[];
  readonly periods: readonly PreparedPeriod[];
  readonly findings: readonly Finding[];
}

interface Wanted {
  readonly format?: CurFormat | undefined;
  readonly period?: Month | undefined;
  readonly known: KnownColumns;
}

/** The lines of one file in one billing period and currency (undefined: they name none, and join the period's main one). */
interface Part {
  readonly period: Month;
  readonly currency: string | undefined;
  readonly columnar: ColumnarFile;
}

interface PreparedFile {
  readonly format: CurFormat;
  readonly raw: RawFile;
  readonly contents: readonly FileContents[];
  readonly parts: readonly Part[];
  readonly findings: readonly Finding[];
}

const text = (row: LakeRow, name: string): string | undefined => {
  const value = row[name];
  return value === null || value === undefined ? undefined : String(value);
};

/** Throws an invalid Problem for a period in a year that no bill is of: its lines would be left out in silence. */
const periodOf = (row: LakeRow, file: string): Month | undefined => {
  const start = text(row, "billing_period");
  const period = start === undefined ? undefined : tryMonth(start);
  if (start !== undefined && period === undefined)
    throw invalid(
      file,
      `row ${text(row, "first_row") ?? ""}: the billing period begins in ${start}, of which there is no bill. Fetch the file again.`,
      "UNREADABLE_FILE",
    );
  return period;
};

const contentsOf = async (lake: Lake, path: string, file: string): Promise<FileContents[]> =>
  (await lake.query(CONTENTS, { tables: { fact_cost_raw: [path] } })).map((row) => ({
    period: periodOf(row, file),
    currency: text(row, "currency"),
    lines: Number(row["line_count"]),
    pricedLines: Number(row["priced_count"]),
    firstRow: Number(row["first_row"]),
    lastRow: Number(row["last_row"]),
  }));

const issuesOf = async (lake: Lake, path: string): Promise<FileIssue[]> =>
  (await lake.query(ISSUES, { tables: { fact_cost_raw: [path] } })).map((row) => ({
    code: text(row, "issue_code") ?? "",
    column: text(row, "issue_column") ?? "",
    text: text(row, "issue_text") ?? "",
    lines: Number(row["line_count"]),
    firstRow: Number(row["first_row"]),
    lastRow: Number(row["last_row"]),
  }));

/** Moves canonical lines into their partition; the key holds the digest, so that a repeat finds them there. */
const keepColumnar = async (
  files: Files,
  path: string,
  period: Month,
  rows: number,
  source: string,
): Promise<ColumnarFile> => {
  const [digest, { size }] = await Promise.all([files.digestOf(path), stat(path)]);
  const key = columnarKeyOf(period, digest);
  await files.putFile(key, path);
  return { key, digest, bytes: size, rows, source };
};

/** A file of one period and one currency is kept as it is; any other is split. */
const splitParts = async (
  ports: LakePorts,
  path: string,
  contents: readonly FileContents[],
  source: string,
): Promise<Part[]> => {
  const [first] = contents;
  const currencies = new Set(contents.flatMap((content) => content.currency ?? []));
  if (first?.period !== undefined && currencies.size <= 1 && contents.every(({ period }) => period === first.period)) {
    const rows = contents.reduce((sum, content) => sum + content.lines, 0);
    const columnar = await keepColumnar(ports.files, path, first.period, rows, source);
    return [{ period: first.period, currency: [...currencies][0], columnar }];
  }
  const parts: Part[] = [];
  for (const { period, currency, lines } of contents) {
    if (period === undefined) continue;
    const target = await ports.files.scratchPath(".parquet");
    await ports.lake.convert({ select: partSql(period, currency), source: { kind: "parquet", path }, target });
    parts.push({ period, currency, columnar: await keepColumnar(ports.files, target, period, lines, source) });
  }
  return parts;
};

const convertFile = async (
  ports: LakePorts,
  kept: KeptFile,
  format: CurFormat,
  known: KnownColumns,
): Promise<PreparedFile> => {
  const target = await ports.files.scratchPath(".parquet");
  const { name, digest } = kept.raw;
  const { mayBePadded } = kept;
  const select = normaliseSql(format, kept.columns, { name, digest, kind: kept.source.kind, mayBePadded });
  try {
    const { rows } = await ports.lake.convert({ select, source: kept.source, name, target });
    const contents = await contentsOf(ports.lake, target, name);
    const issues = await issuesOf(ports.lake, target);
    const lastRow = Math.max(0, ...contents.map((content) => content.lastRow));
    const parts = await splitParts(ports, target, contents, name);
    const added = await keepAdded(ports, kept, { format, known, period: parts[0]?.period });
    return {
      format,
      raw: kept.raw,
      contents,
      parts: added ? parts.map((part) => ({ ...part, columnar: { ...part.columnar, added } })) : parts,
      findings: [
        ...issueFindings(name, issues, kept.endsWithLine ? undefined : lastRow),
        ...countFindings(name, kept.lines, rows),
      ],
    };
  } finally {
    await ports.files.discard(target);
    if (kept.scratch !== undefined) await ports.files.discard(kept.scratch);
  }
};

export const otherFormat = (file: string, format: CurFormat, wanted: CurFormat): Problem =>
  invalid("format", `${file} is ${format}, not ${wanted}. Leave the format out to have it recognised.`);

const prepareFile = async (
  ports: LakePorts,
  source: DeliverySource,
  file: StoredFile,
  { format: wanted, known }: Wanted,
): Promise<PreparedFile> => {
  const kept = await openRawFile(ports, file);
  const { manifest } = source;
  const format = recogniseFormat(file.name, kept.columns, manifest?.curFormat);
  if (wanted !== undefined && wanted !== format) throw otherFormat(file.name, format, wanted);
  const prepared = await convertFile(ports, kept, format, known);
  return {
    ...prepared,
    findings: [...prepared.findings, ...headerFindings(file.name, format, manifest?.columns ?? [], kept.raw.columns)],
  };
};

const NO_CURRENCY = "XXX";

/** The parts of all files, by period and currency; the currency that most lines are in comes first. */
const periodsOf = (prepared: readonly PreparedFile[]): PreparedPeriod[] => {
  const byPeriod = Map.groupBy(
    prepared.flatMap((file) => file.parts),
    (part) => part.period,
  );
  return [...byPeriod]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([period, parts]) => {
      const rowsIn = (currency: string): number =>
        parts.reduce((sum, part) => sum + (part.currency === currency ? part.columnar.rows : 0), 0);
      const named = [...new Set(parts.flatMap((part) => part.currency ?? []))].toSorted();
      const currencies = named.length === 0 ? [NO_CURRENCY] : named.toSorted((a, b) => rowsIn(b) - rowsIn(a));
      return currencies.map((currency) => ({
        period,
        currency,
        currencies,
        columnar: parts.filter((part) => (part.currency ?? currencies[0]) === currency).map((part) => part.columnar),
      }));
    });
};

/**
 * Turns the kept files of a source into canonical lines, one columnar file per raw file and billing period. Touches no database:
 * killed anywhere and repeated, it ends with the same files. Throws an invalid Problem when a file cannot be read.
 */
export const prepareSource = async (
  ports: LakePorts,
  source: DeliverySource,
  stored: readonly StoredFile[],
  wanted: Wanted,
): Promise<PreparedSource> => {
  const prepared: PreparedFile[] = [];
  for (const file of stored) prepared.push(await prepareFile(ports, source, file, wanted));
  const formats = [...new Set(prepared.map((file) => file.format))];
  const contents = prepared.flatMap((file) => file.contents.map((content) => ({ ...content, file: file.raw.name })));
  const period = wanted.period ?? source.period;
  return {
    format: formats[0],
    raw: prepared.map((file) => file.raw),
    periods: periodsOf(prepared),
    findings: [
      ...source.findings,
      ...prepared.flatMap((file) => file.findings),
      ...contentFindings({
        source: source.name,
        contents,
        strictPeriod: period,
        announcedPeriod: source.announced,
      }),
      ...(formats.length > 1
        ? [
            finding(
              "mixed_formats",
              { file: source.name },
              `the files are of different formats (${formats.join(", ")}): import them apart`,
            ),
          ]
        : []),
    ],
  };
};
