import { rm } from "node:fs/promises";
import type { z } from "zod";
import { medianOf, ratio, row, timed, type times } from "./figures.ts";
import { measureSize, type SizeFigures } from "./scale-size.ts";
import { scannedRows, unitRows } from "./scale-units.ts";
import { runStep } from "./step.ts";

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const rowsOf = (of: SizeFigures): string[] => {
  const { imported, duckdb, product, drill, allocations, postgres, csvParse, bytes } = of;
  const again = (runs: SizeFigures["allocations"]["peer"]) => medianOf(runs.map((run) => run.again));
  const [own, peer] = [again(allocations.product), again(allocations.peer)];
  return [
    row(`${imported.rows} lines, ${mb(bytes.raw)} packed`, "wall s", "CPU s", "peak MB"),
    row("---", "---:", "---:", "---:"),
    timed("import, all of it", imported),
    timed(`of which conversion to Parquet, ${mb(bytes.columnar)}`, imported.conversion),
    timed(`plain DuckDB, the same conversion, ${mb(duckdb.bytes)}`, duckdb),
    ratio("ratio of the conversions", imported.conversion, duckdb),
    timed("allocation", own),
    timed("the same typed into DuckDB", peer),
    ratio("ratio of the allocations", own, peer),
    timed("cost per tenant and service, the first time", product),
    timed("cost per tenant and service, every later time", product.again),
    timed("plain DuckDB, the same from its Parquet", duckdb.again),
    timed(`PostgreSQL, COPY, ${mb(postgres.bytes)}`, postgres),
    timed("PostgreSQL, the same question, the first time", postgres.first),
    timed("PostgreSQL, the same question, every later time", postgres.again),
    timed("csv-parse, the same question, each time", csvParse),
    timed(`${drill.questions} drill-downs to the lines behind a number`, drill),
    row(`one drill-down: median ${Math.round(drill.median)} ms, longest ${Math.round(drill.longest)} ms`, "", "", ""),
  ];
};

const growthRows = (few: SizeFigures, many: SizeFigures): string[] => {
  const factor = many.imported.rows / few.imported.rows;
  const grown = (name: string, of: (size: SizeFigures) => z.output<typeof times>): string =>
    row(name, (of(many).wall / of(few).wall).toFixed(1), (of(many).cpu / of(few).cpu).toFixed(1));
  return [
    row(`what ${factor.toFixed(1)} times the lines take`, "times the wall", "times the CPU"),
    row("---", "---:", "---:"),
    grown("import, all of it", (size) => size.imported),
    grown("of which conversion to Parquet", (size) => size.imported.conversion),
    grown("allocation", (size) => medianOf(size.allocations.product.map((run) => run.again))),
    grown("drill-downs", (size) => size.drill),
  ];
};

/**
 * Many lines against what they are otherwise read with: plain DuckDB, PostgreSQL and csv-parse. `races` are the tables of the sizes and of the
 * growth between the first and the last of them, `units` what a million lines cost and what Athena would read of a billion.
 */
export const scaleBench = async (
  inFolder: <T>(work: (folder: string) => Promise<T>) => Promise<T>,
  sizes: readonly string[],
): Promise<{ readonly races: string[][]; readonly units: string[][] }> => {
  const measured: { figures: SizeFigures; scanned: string[] }[] = [];
  for (const lines of sizes)
    measured.push(
      await inFolder(async (folder) => {
        const size = await measureSize(folder, lines);
        const scanned = scannedRows(size, await runStep("scale/scanned.ts", size.imported.paths));
        await rm(folder, { recursive: true });
        return { figures: size, scanned };
      }),
    );
  const [few, many] = [measured[0], measured.at(-1)];
  if (few === undefined || many === undefined) throw new Error("name at least one number of lines");
  return {
    races: [
      ...measured.map((size) => rowsOf(size.figures)),
      ...(few === many ? [] : [growthRows(few.figures, many.figures)]),
    ],
    units: [unitRows(many.figures), many.scanned],
  };
};
