import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { figures, importFigures, medianOf, ratio, row, timed, times } from "./figures.ts";
import { raceAllocations } from "./races.ts";
import { scannedRows, unitRows } from "./scale-units.ts";
import { runStep } from "./step.ts";

const COST_TENANTS = "200";
const LINES_PER_FILE = "1000000";
const DRILL_DOWNS = "60";
const ROUNDS = 3;

const answered = figures.extend({ digest: z.string() });
const askedTwice = answered.extend({ first: times, again: times, bytes: z.number() });
const drilled = figures.extend({ questions: z.number(), median: z.number(), longest: z.number() });

const sizeOf = async (paths: readonly string[]): Promise<number> =>
  (await Promise.all(paths.map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);

/** Everything that one number of lines is measured by, each step in a process of its own. Throws where two answers differ in any digit. */
const measureSize = async (folder: string, lines: string) => {
  await runStep("make-cost.ts", [folder, lines, COST_TENANTS, LINES_PER_FILE]);
  const [cost, usage, template] = [join(folder, "cost"), join(folder, "usage.csv"), join(folder, "data")];
  const raw = (await readdir(cost)).toSorted().map((name) => join(cost, name));
  await mkdir(template);
  await runStep("fill.ts", [template, usage]);
  const imported = importFigures.parse(await runStep("import.ts", [template, cost]));
  const duckdb = askedTwice.parse(await runStep("scale/duckdb.ts", [folder, ...raw]));
  const product = answered
    .extend({ again: times })
    .parse(await runStep("scale/product.ts", [template, imported.period]));
  const drill = drilled.parse(await runStep("scale/drill.ts", [template, imported.period, DRILL_DOWNS]));
  const allocations = await raceAllocations(folder, { template, usage, imported, rounds: ROUNDS });
  const postgres = askedTwice.parse(await runStep("scale/postgres.ts", raw));
  const csvParse = answered.parse(await runStep("scale/csv-parse.ts", raw));
  for (const [name, { digest }] of Object.entries({ duckdb, postgres, csvParse }))
    if (digest !== product.digest)
      throw new Error(`${name} and the product differ in what a tenant's service cost: they do not do the same`);
  return {
    imported,
    duckdb,
    product,
    drill,
    allocations,
    postgres,
    csvParse,
    bytes: { raw: await sizeOf(raw), columnar: await sizeOf(imported.paths) },
  };
};
export type SizeFigures = Awaited<ReturnType<typeof measureSize>>;

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
