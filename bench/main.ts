import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { runStep } from "./step.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    tenants: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    write: { type: "boolean", default: false },
  },
});

const figures = z.looseObject({ wall: z.number(), cpu: z.number(), peak: z.number() });
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const seconds = (value: number): string => value.toFixed(2);

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A million lines: import (conversion and daily cost), then allocation beside the same query typed into DuckDB, in turn. */
const costBench = async (folder: string): Promise<string[]> => {
  await runStep("make-cost.ts", [folder, values.rows, "200"]);
  const [cur, usage] = [join(folder, "cur.csv"), join(folder, "usage.csv")];
  const template = join(folder, "data");
  await mkdir(template, { recursive: true });
  await runStep("fill.ts", [template, usage]);
  const imported = figures
    .extend({ rows: z.number(), period: z.string(), paths: z.array(z.string()) })
    .parse(await runStep("import.ts", [template, cur]));
  const [product, peer] = [[] as z.output<typeof figures>[], [] as z.output<typeof figures>[]];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    // A second allocation of the same cost answers from what is there: each round starts from the same copy.
    const data = join(folder, `round-${round}`);
    await cp(template, data, { recursive: true });
    product.push(figures.parse(await runStep("allocate.ts", [data, imported.period])));
    peer.push(figures.parse(await runStep("peer.ts", [usage, ...imported.paths])));
  }
  const of = (runs: typeof product, key: "wall" | "cpu" | "peak") => median(runs.map((run) => run[key]));
  return [
    row("step", "wall s", "CPU s", "peak MB"),
    row("---", "---:", "---:", "---:"),
    row(
      `import of ${imported.rows} lines: conversion to Parquet, checks, daily cost`,
      seconds(imported.wall),
      seconds(imported.cpu),
      String(imported.peak),
    ),
    row("allocation", seconds(of(product, "wall")), seconds(of(product, "cpu")), String(of(product, "peak"))),
    row(
      "the same query typed into DuckDB",
      seconds(of(peer, "wall")),
      seconds(of(peer, "cpu")),
      String(of(peer, "peak")),
    ),
    row(
      "ratio of allocation to DuckDB",
      (of(product, "wall") / of(peer, "wall")).toFixed(2),
      (of(product, "cpu") / of(peer, "cpu")).toFixed(2),
      "",
    ),
  ];
};

/** Drafts for many tenants. */
const draftBench = async (folder: string): Promise<string[]> => {
  await runStep("make-cost.ts", [folder, "20000", values.tenants]);
  const data = join(folder, "data");
  await mkdir(data, { recursive: true });
  await runStep("fill.ts", [data, join(folder, "usage.csv")]);
  const drafted = figures
    .extend({ drafted: z.number(), failed: z.number() })
    .parse(await runStep("draft.ts", [data, join(folder, "cur.csv")]));
  const rate = (drafted.drafted / drafted.wall).toFixed(0);
  return [
    row("step", "wall s", "CPU s", "peak MB", "invoices/s"),
    row("---", "---:", "---:", "---:", "---:"),
    row(
      `${drafted.drafted} drafts, ${drafted.failed} failed`,
      seconds(drafted.wall),
      seconds(drafted.cpu),
      String(drafted.peak),
      rate,
    ),
  ];
};

const machine = (): string =>
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Node ${process.versions.node}, the median of ${values.rounds} rounds taken in turn`;

const START = "<!-- figures: npm run bench -- --write -->";
const END = "<!-- end of figures -->";

const keep = async (text: string): Promise<void> => {
  const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const page = existsSync(path) ? await readFile(path, "utf8") : `# Performance\n\n${START}\n${END}\n`;
  await writeFile(
    path,
    page.replace(new RegExp(`${START}[\\s\\S]*${END}`), () => `${START}\n\n${text}\n\n${END}`),
  );
};

const inFolder = async (work: (folder: string) => Promise<string[]>): Promise<string[]> => {
  const folder = await mkdtemp(join(tmpdir(), "commops-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

say(`Measured on ${machine()}.\n`);
const cost = await inFolder(costBench);
say(`${cost.join("\n")}\n`);
const drafts = await inFolder(draftBench);
say(`${drafts.join("\n")}\n`);
if (values.write) await keep(`Measured on ${machine()}.\n\n${cost.join("\n")}\n\n${drafts.join("\n")}`);
