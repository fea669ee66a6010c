import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { importCur, readDailyCost } from "../src/cost/index.ts";
import { month } from "../src/time/index.ts";
import type { Cells } from "./cur.ts";
import { place } from "./database.ts";
import { actorOf, callAs, type TestWorld } from "./world.ts";

/** Cells of a line of a billing period; tests that share a world take periods of their own. */
export const inPeriod = (period: string, cells: Cells = {}): Cells => ({
  bill_billing_period_start_date: `${period}-01T00:00:00.000Z`,
  line_item_usage_start_date: `${period}-03T00:00:00.000Z`,
  ...cells,
});

type Results = Awaited<ReturnType<typeof importCur.run>>;
export const codesOf = (results: Results): string[] =>
  results.flatMap((result) => result.findings.map((item) => item.code));

/** Imports into a world as a platform engineer, from a fresh folder. */
export const curWorld = async (world: TestWorld) => {
  const folder = join(world.folder, world.clock.id());
  await mkdir(folder);
  const importPath = (
    path: string,
    more: { period?: string; format?: "cur2" | "cur-legacy" | "focus" } = {},
  ): Promise<Results> => importCur.run(callAs(world, actorOf("platform_engineer")), { path, ...more });
  return {
    folder,
    importPath,
    importText: async (text: string | Uint8Array, name = "june.csv") => importPath(await place(folder, name, text)),
    dailyOf: (period: string) =>
      world.database.transaction("operator", (tx) => readDailyCost(tx, { period: month(period) })),
  };
};
