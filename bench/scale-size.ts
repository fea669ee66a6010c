import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { figures, importFigures, times } from "./figures.ts";
import { raceAllocations } from "./races.ts";
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
export const measureSize = async (folder: string, lines: string) => {
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
