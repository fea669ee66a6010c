import { exact, toText } from "@commops/core/money";
import { z } from "zod";

/** What a step reports: seconds, and MB of memory. */
export const times = z.looseObject({ wall: z.number(), cpu: z.number() });
export const figures = times.extend({ peak: z.number() });
const kinds = z.object({ direct: z.string(), allocated: z.string(), overhead: z.string(), untagged: z.string() });
export const runFigures = figures.extend({ again: times, kinds });
export type Times = z.output<typeof times>;
export type RunFigures = z.output<typeof runFigures>;

/** What importing a month reports. */
export const importFigures = figures.extend({
  rows: z.number(),
  period: z.string(),
  paths: z.array(z.string()),
  conversion: times,
});

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
export const medianOf = (runs: readonly Times[]): Times => ({
  wall: median(runs.map((run) => run.wall)),
  cpu: median(runs.map((run) => run.cpu)),
});

export const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
export const timed = (name: string, of: { wall: number; cpu: number; peak?: number }): string =>
  row(name, of.wall.toFixed(2), of.cpu.toFixed(2), of.peak === undefined ? "" : String(of.peak));
export const ratio = (name: string, own: Times, other: Times): string =>
  row(name, (own.wall / other.wall).toFixed(2), (own.cpu / other.cpu).toFixed(2), "");

/** A race is fair where both reach the same: throws when the sums of a kind differ in any digit. */
export const checkSameKinds = (product: RunFigures, peer: RunFigures): void => {
  for (const [kind, cost] of Object.entries(product.kinds)) {
    const other = peer.kinds[kind as keyof RunFigures["kinds"]];
    if (toText(exact(cost)) !== toText(exact(other)))
      throw new Error(`the product says ${cost} for ${kind}, the peer ${other}: they do not do the same`);
  }
};
