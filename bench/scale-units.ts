import { z } from "zod";
import { row, type Times } from "./figures.ts";
import type { SizeFigures } from "./scale-size.ts";

const MILLION = 1_000_000;
const BILLION = 1_000_000_000;

/** What a million lines cost on one machine, by the largest number of lines that was measured. */
export const unitRows = ({ imported, bytes, drill, postgres, csvParse }: SizeFigures): string[] => {
  const perMillion = (amount: number): number => (amount / imported.rows) * MILLION;
  const seconds = (of: Times): string => perMillion(of.cpu).toFixed(1);
  const megabytes = (size: number): string => (perMillion(size) / 1e6).toFixed(1);
  return [
    row(`a million lines, measured on ${imported.rows}`, ""),
    row("---", "---:"),
    row("CPU seconds of the import", seconds(imported)),
    row("of which conversion to Parquet", seconds(imported.conversion)),
    row("MB of raw files, packed", megabytes(bytes.raw)),
    row("MB of columnar copy", megabytes(bytes.columnar)),
    row("CPU milliseconds of a drill-down", perMillion((drill.cpu / drill.questions) * 1000).toFixed(1)),
    row("PostgreSQL: CPU seconds of COPY", seconds(postgres)),
    row("PostgreSQL: MB of table", megabytes(postgres.bytes)),
    row("csv-parse: CPU seconds of each question", seconds(csvParse)),
  ];
};

/** AWS's list price of Athena in us-east-1: USD for each TB that a query scans, at least 10 MB of it. */
const USD_PER_TB = 5;
const TB = 2 ** 40;
const LEAST_BYTES = 10 * 2 ** 20;
const DELIVERIES_A_MONTH = 30;
const DRILL_DOWNS_A_MONTH = 1000;

const scannedShape = z.object({ import: z.record(z.string(), z.number()), drillDown: z.number() });
const usd = (bytes: number): number => (Math.max(bytes, LEAST_BYTES) / TB) * USD_PER_TB;

/** What Athena would scan, and cost, for a month of a billion lines: bytes of column chunks of the largest copy, carried forward. */
export const scannedRows = ({ imported, bytes }: SizeFigures, step: unknown): string[] => {
  const scanned = scannedShape.parse(step);
  const carried = (size: number): number => (size / imported.rows) * BILLION;
  const line = (name: string, size: number): string =>
    row(name, (carried(size) / 1e9).toFixed(1), usd(carried(size)).toFixed(3));
  const delivery = [bytes.raw, ...Object.values(scanned.import)];
  const ofDelivery = delivery.reduce((sum, size) => sum + usd(carried(size)), 0);
  const ofDrillDowns = DRILL_DOWNS_A_MONTH * usd(carried(scanned.drillDown));
  return [
    row("Athena, a month of 1000000000 lines", "GB scanned", "USD"),
    row("---", "---:", "---:"),
    line("conversion: the raw files", bytes.raw),
    ...Object.entries(scanned.import).map(([name, size]) => line(name, size)),
    line("one drill-down, at most", scanned.drillDown),
    row(`a delivery a day, ${DELIVERIES_A_MONTH} in all`, "", (DELIVERIES_A_MONTH * ofDelivery).toFixed(2)),
    row(`${DRILL_DOWNS_A_MONTH} drill-downs, at most`, "", ofDrillDowns.toFixed(2)),
  ];
};
