import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEmbedded } from "@commops/core/adapters/embedded/database.ts";
import { randomFrom } from "@commops/core/synthetic";
import { faultsIn, makeEffects } from "@commops/core/testing/effects.ts";
import { z } from "zod";
import { EFFECTS } from "./machine.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
const isLong = process.env["COMMOPS_LONG"] === "1";
const SEEDS = isLong ? Array.from({ length: 25 }, (_, index) => index + 1) : [1, 2, 3, 4, 5];
const KILLS = 10;
/** Servers that start and die beside each other on two busy cores. */
const PATIENCE = 900_000;

let template: string;
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "commops-crash-"));
  const database = await openEmbedded({ folder: template });
  await makeEffects(database);
  await database.close();
});
afterAll(() => rm(template, { recursive: true, force: true }));

const outcome = z.object({
  runs: z.array(z.object({ name: z.string(), status: z.string() })),
  counts: z.record(z.string(), z.number()),
});
type Outcome = z.output<typeof outcome>;

interface Life {
  /** How many milliseconds after it was ready it is killed; undefined where it kills itself, or lives. */
  readonly killAfter: number | undefined;
  readonly args: readonly string[];
}

/** One life of the server: the last line it wrote, or undefined where it was killed. */
const live = async ({ killAfter, args }: Life): Promise<string | undefined> => {
  const child = spawn(process.execPath, [...FLAGS, WORKER, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    const wasReady = said.includes("ready");
    said += chunk.toString();
    if (!wasReady && said.includes("ready") && killAfter !== undefined)
      sleep(killAfter).then(
        () => child.kill("SIGKILL"),
        () => {},
      );
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on("exit", (...end) => resolve(end)),
  );
  if (signal === "SIGKILL") return undefined;
  if (code !== 0) throw new Error(`the server ended with ${code}: ${complaints}`);
  return said.trimEnd().split("\n").at(-1);
};

interface Report extends Outcome {
  readonly kills: number;
}

/** Kills servers on one data folder at random moments, and each second time right after a random save; then lets one finish. */
const crash = async (seed: number, unkept = ""): Promise<Report> => {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), `commops-crash-${seed}-`));
  const data = join(folder, "postgres");
  try {
    await cp(template, data, { recursive: true });
    let kills = 0;
    for (let run = 0; kills < KILLS; run += 1) {
      const isOwn = run % 2 === 0;
      const args = [data, String(run), isOwn ? String(random.between(1, 14)) : "0", unkept];
      const end = await live({ killAfter: isOwn ? undefined : random.between(0, 1500), args });
      if (end === undefined) kills += 1;
    }
    const last = await live({ killAfter: undefined, args: [data, "last", "0", unkept] });
    return { kills, ...outcome.parse(JSON.parse(last ?? "")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Effects that are missing or doubled, and executions that did not succeed. */
const faults = ({ runs, counts }: Outcome): string[] => [
  ...faultsIn(
    new Map(Object.entries(counts)),
    runs.map(({ name }) => name),
    EFFECTS,
  ),
  ...runs.flatMap(({ name, status }) => (status === "SUCCEEDED" ? [] : [`${name}: ${status}`])),
];

test.concurrent.each(SEEDS)(
  `servers that are killed ${KILLS} times in the midst of everything do each effect exactly once (seed %i)`,
  async (seed) => {
    const report = await crash(seed);
    expect(report.kills).toBeGreaterThanOrEqual(KILLS);
    expect(report.runs.length).toBeGreaterThan(KILLS / 2);
    expect(faults(report)).toEqual([]);
  },
  PATIENCE,
);

test.concurrent(
  "the check sees a task whose journal is switched off: it does effects twice",
  async () => {
    const report = await crash(6, "item");
    const doubled = faults(report);
    expect(doubled.some((fault) => /item-\d+: [2-9] times/.test(fault))).toBe(true);
    expect(doubled.every((fault) => fault.includes(" item-"))).toBe(true);
  },
  PATIENCE,
);
