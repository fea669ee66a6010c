import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exact, toText } from "@commops/core/money";
import { z } from "zod";
import { runGenerator, runStep } from "./step.ts";

const times = z.looseObject({ wall: z.number(), cpu: z.number() });
const figures = times.extend({ peak: z.number() });
const kinds = z.object({ direct: z.string(), allocated: z.string(), overhead: z.string(), untagged: z.string() });
const runFigures = figures.extend({ again: times, kinds });
type RunFigures = z.output<typeof runFigures>;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const timed = (name: string, of: { wall: number; cpu: number; peak?: number }): string =>
  row(name, of.wall.toFixed(2), of.cpu.toFixed(2), of.peak === undefined ? "" : String(of.peak));

/** A generator of AWS-like files beside this repository, where there is one; the product's own otherwise. */
const OTHER_GENERATOR = fileURLToPath(new URL("../../shared/tools/curgen.mjs", import.meta.url));
const COST_TENANTS = "200";

const makeCost = async (folder: string, rows: string): Promise<void> => {
  if (existsSync(OTHER_GENERATOR))
    await runGenerator(OTHER_GENERATOR, [rows, join(folder, "cur.csv"), COST_TENANTS, join(folder, "usage.csv")]);
  else await runStep("make-cost.ts", [folder, rows, COST_TENANTS]);
};

/** A race is fair where both reach the same: throws when the sums of a kind differ in any digit. */
const checkSame = (product: RunFigures, peer: RunFigures): void => {
  for (const [kind, cost] of Object.entries(product.kinds)) {
    const other = peer.kinds[kind as keyof RunFigures["kinds"]];
    if (toText(exact(cost)) !== toText(exact(other)))
      throw new Error(`the product says ${cost} for ${kind}, the peer ${other}: they do not do the same`);
  }
};

type Times = z.output<typeof times>;
const medianOf = (runs: readonly Times[]): Times => ({
  wall: median(runs.map((run) => run.wall)),
  cpu: median(runs.map((run) => run.cpu)),
});

/** Product and peer side by side, with their ratio. */
const raceRows = (name: string, product: readonly Times[], peer: readonly Times[]): string[] => {
  const [own, other] = [medianOf(product), medianOf(peer)];
  return [
    timed(`allocation, ${name}`, own),
    timed(`the same typed into DuckDB, ${name}`, other),
    row(`ratio, ${name}`, (own.wall / other.wall).toFixed(2), (own.cpu / other.cpu).toFixed(2), ""),
  ];
};

const peakRow = (name: string, runs: readonly RunFigures[]): string =>
  row(name, "", "", String(median(runs.map((run) => run.peak))));

const importShape = figures.extend({
  rows: z.number(),
  period: z.string(),
  paths: z.array(z.string()),
  conversion: times,
});

/** Many lines: import, then allocation beside the same allocation typed into DuckDB, in turn. */
export const costBench = async (
  folder: string,
  { rows, rounds }: { readonly rows: string; readonly rounds: number },
): Promise<string[]> => {
  await makeCost(folder, rows);
  const [cur, usage, template] = [join(folder, "cur.csv"), join(folder, "usage.csv"), join(folder, "data")];
  await mkdir(template, { recursive: true });
  await runStep("fill.ts", [template, usage]);
  const imported = importShape.parse(await runStep("import.ts", [template, cur]));
  const [product, peer]: [RunFigures[], RunFigures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    // A second allocation of the same cost answers from what is there: each round starts from the same copy.
    const data = join(folder, `round-${round}`);
    await cp(template, data, { recursive: true });
    const own = runFigures.parse(await runStep("allocate.ts", [data, imported.period]));
    const other = runFigures.parse(await runStep("peer.ts", [data, usage, ...imported.paths]));
    checkSame(own, other);
    product.push(own);
    peer.push(other);
    await rm(data, { recursive: true });
  }
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
