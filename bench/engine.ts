import { join } from "node:path";
import { z } from "zod";
import { startCluster } from "../tools/cluster.ts";
import { runStep } from "./step.ts";

const figures = z.looseObject({ wall: z.number(), cpu: z.number(), peak: z.number(), transitions: z.number() });
const durableFigures = figures.extend({ bare: z.number() });

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const rate = ({ transitions, wall }: { transitions: number; wall: number }): string => (transitions / wall).toFixed(0);

const run = async (...args: readonly string[]) => figures.parse(await runStep("engine-run.ts", args));
const durable = async (place: string, executions: string) =>
  durableFigures.parse(await runStep("engine-run.ts", ["durable", place, executions]));

/** The engine of state machines: transitions a second in memory and durable, and a Map with many items. */
export const engineBench = async (
  folder: string,
  { executions, items }: { readonly executions: string; readonly items: string },
): Promise<string[]> => {
  const memory = await run("memory", "", executions);
  const peer = await run("peer", "", executions);
  const embedded = await durable(join(folder, "engine"), executions);
  const cluster = await startCluster();
  try {
    const postgres = await durable(cluster.url, executions);
    const few = await run("map", join(folder, "few"), String(Math.ceil(Number(items) / 10)));
    const many = await run("map", join(folder, "many"), items);
    return [
      row(`${executions} executions of 600 transitions`, "transitions a second", "of bare inserts", "peak MB"),
      row("---", "---:", "---:", "---:"),
      row("in memory", rate(memory), "", memory.peak),
      row("aws-local-stepfunctions, in memory", rate(peer), "", peer.peak),
      row("durable on PGlite", rate(embedded), (embedded.bare / embedded.wall).toFixed(2), embedded.peak),
      row("durable on PostgreSQL", rate(postgres), (postgres.bare / postgres.wall).toFixed(2), postgres.peak),
      row(
        `Map of ${Math.ceil(Number(items) / 10)} items, durable on PGlite, ${few.wall.toFixed(1)} s`,
        "",
        "",
        few.peak,
      ),
      row(`Map of ${items} items, durable on PGlite, ${many.wall.toFixed(1)} s`, "", "", many.peak),
    ];
  } finally {
    await cluster.stop();
  }
};
