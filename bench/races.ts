import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  checkSameKinds,
  figures,
  importFigures,
  median,
  medianOf,
  ratio,
  row,
  type RunFigures,
  runFigures,
  timed,
  type Times,
} from "./figures.ts";
import { runGenerator, runStep } from "./step.ts";

/** A generator of AWS-like files beside this repository, where there is one; the product's own otherwise. */
const OTHER_GENERATOR = fileURLToPath(new URL("../../shared/tools/curgen.mjs", import.meta.url));
const COST_TENANTS = "200";

const makeCost = async (folder: string, rows: string): Promise<void> => {
  if (existsSync(OTHER_GENERATOR))
    await runGenerator(OTHER_GENERATOR, [rows, join(folder, "cur.csv"), COST_TENANTS, join(folder, "usage.csv")]);
  else await runStep("make-cost.ts", [folder, rows, COST_TENANTS]);
};

/** Product and peer side by side, with their ratio. */
const raceRows = (name: string, product: readonly Times[], peer: readonly Times[]): string[] => {
  const [own, other] = [medianOf(product), medianOf(peer)];
  return [
    timed(`allocation, ${name}`, own),
    timed(`the same typed into DuckDB, ${name}`, other),
    ratio(`ratio, ${name}`, own, other),
  ];
};

const peakRow = (name: string, runs: readonly RunFigures[]): string =>
  row(name, "", "", String(median(runs.map((run) => run.peak))));

/** Product and peer allocate the same month in turn, each round from a copy of the same data. */
export const raceAllocations = async (
  folder: string,
  of: {
    readonly template: string;
    readonly usage: string;
    readonly imported: z.output<typeof importFigures>;
    readonly rounds: number;
  },
): Promise<{ readonly product: RunFigures[]; readonly peer: RunFigures[] }> => {
  const [product, peer]: [RunFigures[], RunFigures[]] = [[], []];
  for (let round = 0; round < of.rounds; round += 1) {
    // A second allocation of the same cost answers from what is there: each round starts from the same copy.
    const data = join(folder, `round-${round}`);
    await cp(of.template, data, { recursive: true });
    const own = runFigures.parse(await runStep("allocate.ts", [data, of.imported.period]));
    const other = runFigures.parse(await runStep("peer.ts", [data, of.usage, ...of.imported.paths]));
    checkSameKinds(own, other);
    product.push(own);
    peer.push(other);
    await rm(data, { recursive: true });
  }
  return { product, peer };
};

/** Many lines: import, then allocation beside the same allocation typed into DuckDB, in turn. */
export const costBench = async (
  folder: string,
  { rows, rounds }: { readonly rows: string; readonly rounds: number },
): Promise<string[]> => {
  await makeCost(folder, rows);
  const [cur, usage, template] = [join(folder, "cur.csv"), join(folder, "usage.csv"), join(folder, "data")];
  await mkdir(template, { recursive: true });
  await runStep("fill.ts", [template, usage]);
  const imported = importFigures.parse(await runStep("import.ts", [template, cur]));
  const { product, peer } = await raceAllocations(folder, { template, usage, imported, rounds });
  const again = (runs: readonly RunFigures[]): Times[] => runs.map((run) => run.again);
  return [
    row("step", "wall s", "CPU s", "peak MB"),
    row("---", "---:", "---:", "---:"),
    timed(`import of ${imported.rows} lines, all of it`, imported),
    timed("of which conversion to Parquet", imported.conversion),
    ...raceRows("the first of a process", product, peer),
    ...raceRows("in a process that has done one", again(product), again(peer)),
    peakRow("peak memory of the allocations", product),
    peakRow("peak memory of DuckDB", peer),
  ];
};

const draftShape = figures.extend({ drafted: z.number(), failed: z.number() });

/** Drafts for many tenants. */
export const draftBench = async (folder: string, { tenants }: { readonly tenants: string }): Promise<string[]> => {
  await runStep("make-cost.ts", [folder, "20000", tenants]);
  const data = join(folder, "data");
  await mkdir(data, { recursive: true });
  const filled = figures.parse(await runStep("fill.ts", [data, join(folder, "usage.csv")]));
  const drafted = draftShape.parse(await runStep("draft.ts", [data, join(folder, "cur.csv")]));
  return [
    row("step", "wall s", "CPU s", "peak MB"),
    row("---", "---:", "---:", "---:"),
    timed(`${tenants} tenants and their usage of a month`, filled),
    timed(`${drafted.drafted} drafts, ${drafted.failed} failed`, drafted),
    row(`drafts a second: ${(drafted.drafted / drafted.wall).toFixed(0)}`, "", "", ""),
  ];
};
